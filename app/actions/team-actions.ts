"use server";
import { inviteInput, inviteToProject, inviteToProjectInput, inviteToTeam, revokeInvitation as revokeInvitationVerb, revokeInvitationInput, revokeProjectInvitation, revokeProjectInvitationInput } from "@/lib/access/invitations";
import { changeProjectMember, changeProjectMemberInput, removeProjectMember, removeProjectMemberInput } from "@/lib/access/project-members";
import { changeTeamRole, changeTeamRoleInput, removeFromTeam, removeFromTeamInput } from "@/lib/access/team";
import { action } from "@/lib/server/action";
import { linkBase } from "@/lib/server/panel-links";

export const invite = action("team.invite", inviteInput, async (ctx, input) => inviteToTeam(ctx, input, await linkBase(ctx)));
export const revokeInvitation = action("team.revoke-invitation", revokeInvitationInput, revokeInvitationVerb);
export const changeRole = action("team.change-role", changeTeamRoleInput, changeTeamRole);
export const removePerson = action("team.remove", removeFromTeamInput, removeFromTeam);
export const inviteMember = action("project-member.invite", inviteToProjectInput, async (ctx, input) => inviteToProject(ctx, input, await linkBase(ctx)));
export const revokeMemberInvitation = action("project-member.revoke-invitation", revokeProjectInvitationInput, revokeProjectInvitation);
export const changeMember = action("project-member.change", changeProjectMemberInput, changeProjectMember);
export const removeMember = action("project-member.remove", removeProjectMemberInput, removeProjectMember);
