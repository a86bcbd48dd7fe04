import type { Metadata } from "next";
import { lookUpInvitation, redeemInvitation } from "@/app/actions/door-actions";
import { Door } from "@/components/doors/door";
import { InvitationDoor } from "@/components/doors/door-forms";
import { openPage } from "@/lib/server/current-actor";

export const metadata: Metadata = { title: "Invitation" };

export default async function Page() {
  await openPage("/invitation");
  return (
    <Door title="Join Basehold">
      <InvitationDoor lookUp={lookUpInvitation} redeem={redeemInvitation} />
    </Door>
  );
}
