"use server";
import { changePassword as changePasswordVerb, changePasswordInput, confirmPassword as confirmPasswordVerb, confirmPasswordInput, leaveInput, leaveInstallation, renameInput, renamePerson } from "@/lib/access/account";
import { revokeOtherSessions as revokeOthersVerb, revokeOtherSessionsInput, revokeSession as revokeSessionVerb, revokeSessionInput } from "@/lib/access/sessions";
import { createToken as createTokenVerb, createTokenInput, revokeToken as revokeTokenVerb, revokeTokenInput } from "@/lib/access/tokens";
import { action } from "@/lib/server/action";

export const confirmPassword = action("account.confirm-password", confirmPasswordInput, confirmPasswordVerb);
export const changePassword = action("account.change-password", changePasswordInput, changePasswordVerb);
export const rename = action("account.rename", renameInput, renamePerson);
export const leave = action("account.leave", leaveInput, leaveInstallation);
export const revokeSession = action("session.revoke", revokeSessionInput, revokeSessionVerb);
export const revokeOtherSessions = action("session.revoke-others", revokeOtherSessionsInput, revokeOthersVerb);
export const createToken = action("token.create", createTokenInput, createTokenVerb);
export const revokeToken = action("token.revoke", revokeTokenInput, revokeTokenVerb);
