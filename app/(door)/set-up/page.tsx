import type { Metadata } from "next";
import { lookUpSetUp, redeemSetUp } from "@/app/actions/door-actions";
import { Door } from "@/components/doors/door";
import { SetUpDoor } from "@/components/doors/door-forms";
import { openPage } from "@/lib/server/current-actor";

export const metadata: Metadata = { title: "Set up" };

export default async function Page() {
  await openPage("/set-up");
  return (
    <Door title="Set up Basehold">
      <SetUpDoor lookUp={lookUpSetUp} redeem={redeemSetUp} />
    </Door>
  );
}
