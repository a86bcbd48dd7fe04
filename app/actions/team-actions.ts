"use server";
import { inviteInput, inviteToProject, inviteToProjectInput, inviteToTeam, revokeInvitation as revokeInvitationVerb, revokeInvitationInput, revokeProjectInvitation, revokeProjectInvitationInput } from "@/lib/access/invitations";
import { changeProjectMember, changeProjectMemberInput, removeProjectMember, removeProjectMemberInput } from "@/lib/access/project-members";
import { changeTeamRole, changeTeamRoleInput, removeFromTeam, removeFromTeamInput } from "@/lib/access/team";
import { action } from "@/lib/server/action";
import { webConfig } from "@/lib/server/web-config";

export const invite = action("team.invite", inviteInput, (ctx, input) => inviteToTeam(ctx, input, webConfig().url.href));
export const revokeInvitation = action("team.revoke-invitation", revokeInvitationInput, revokeInvitationVerb);
export const changeRole = action("team.change-role", changeTeamRoleInput, changeTeamRole);
export const removePerson = action("team.remove", removeFromTeamInput, removeFromTeam);
export const inviteMember = action("project-member.invite", inviteToProjectInput, (ctx, input) => inviteToProject(ctx, input, webConfig().url.href));
export const revokeMemberInvitation = action("project-member.revoke-invitation", revokeProjectInvitationInput, revokeProjectInvitation);
export const changeMember = action("project-member.change", changeProjectMemberInput, changeProjectMember);
export const removeMember = action("project-member.remove", removeProjectMemberInput, removeProjectMember);
