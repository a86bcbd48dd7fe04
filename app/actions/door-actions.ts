"use server";
import { passwordResetInput, redeemPasswordReset as resetVerb } from "@/lib/access/password-reset";
import { invitationInput, invitationLookUpInput, lookUpInvitation as lookUpInvitationVerb, redeemInvitation as redeemInvitationVerb } from "@/lib/access/redeem-invitation";
import { lookUpSetUp as lookUpSetUpVerb, redeemSetUp as redeemSetUpVerb, setUpInput, setUpLookUpInput } from "@/lib/access/set-up";
import { action } from "@/lib/server/action";

export const lookUpSetUp = action("set-up.look-up", setUpLookUpInput, lookUpSetUpVerb);
export const redeemSetUp = action("set-up.redeem", setUpInput, redeemSetUpVerb);
export const lookUpInvitation = action("invitation.look-up", invitationLookUpInput, lookUpInvitationVerb);
export const redeemInvitation = action("invitation.redeem", invitationInput, redeemInvitationVerb);
export const redeemPasswordReset = action("password-reset.redeem", passwordResetInput, resetVerb);
