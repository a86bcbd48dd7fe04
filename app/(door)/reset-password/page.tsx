import type { Metadata } from "next";
import { redeemPasswordReset } from "@/app/actions/door-actions";
import { Door } from "@/components/doors/door";
import { ResetDoor } from "@/components/doors/door-forms";
import { openPage } from "@/lib/server/current-actor";

export const metadata: Metadata = { title: "New password" };

export default async function Page() {
  await openPage("/reset-password");
  return (
    <Door title="Choose a new password">
      <ResetDoor redeem={redeemPasswordReset} />
    </Door>
  );
}
