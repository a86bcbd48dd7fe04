import { z } from "zod";
import { inviteInput, inviteToProjectInput } from "@/lib/access/invitations";
import { changeProjectMemberInput } from "@/lib/access/project-members";
import { changeTeamRoleInput } from "@/lib/access/team";
import { createTokenInput } from "@/lib/access/tokens";
import { define, idParams, refParams } from "./define";
import { emptySchema, invitationLinkSchema, invitationSchema, memberSchema, meSchema, newTokenSchema, sessionSchema, tokenSchema } from "./schemas";

const userParams = z.object({ userId: z.string().min(1).max(64) });
const memberParams = refParams.extend({ userId: z.string().min(1).max(64) });
const list = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) });

export const peopleEndpoints = {
  getMe: define({ name: "GET /api/v1/me", tag: "Tokens and sessions", summary: "Who you are and what you hold", answer: meSchema }),

  listMembers: define({ name: "GET /api/v1/members", tag: "Members", summary: "Everyone with an account", answer: list(memberSchema) }),
  changeRole: define({ name: "PATCH /api/v1/members/{userId}", tag: "Members", summary: "Change somebody's role on the installation", params: userParams, body: changeTeamRoleInput.omit({ userId: true }), answer: emptySchema }),
  removeMember: define({ name: "DELETE /api/v1/members/{userId}", tag: "Members", summary: "Remove somebody from the installation", params: userParams, answer: emptySchema }),
  listInvitations: define({ name: "GET /api/v1/invitations", tag: "Members", summary: "Open invitations to the installation", answer: list(invitationSchema) }),
  invite: define({ name: "POST /api/v1/invitations", tag: "Members", summary: "Invite somebody to the installation", body: inviteInput, status: 201, answer: invitationLinkSchema, repetition: "refuse" }),
  revokeInvitation: define({ name: "DELETE /api/v1/invitations/{id}", tag: "Members", summary: "Revoke an invitation", params: idParams, answer: emptySchema }),

  listProjectMembers: define({ name: "GET /api/v1/projects/{ref}/members", tag: "Members", summary: "People with a role of their own on a project", params: refParams, answer: list(memberSchema) }),
  changeProjectMember: define({
    name: "PUT /api/v1/projects/{ref}/members/{userId}", tag: "Members", summary: "Give somebody a role on a project, or change it", params: memberParams, body: changeProjectMemberInput.omit({ ref: true, userId: true }), answer: emptySchema,
  }),
  removeProjectMember: define({ name: "DELETE /api/v1/projects/{ref}/members/{userId}", tag: "Members", summary: "Take somebody's role on a project away", params: memberParams, answer: emptySchema }),
  listProjectInvitations: define({ name: "GET /api/v1/projects/{ref}/invitations", tag: "Members", summary: "Open invitations to a project", params: refParams, answer: list(invitationSchema) }),
  inviteToProject: define({
    name: "POST /api/v1/projects/{ref}/invitations", tag: "Members", summary: "Invite somebody to a project", params: refParams, body: inviteToProjectInput.omit({ ref: true }), status: 201, answer: invitationLinkSchema, repetition: "refuse",
  }),
  revokeProjectInvitation: define({ name: "DELETE /api/v1/projects/{ref}/invitations/{id}", tag: "Members", summary: "Revoke an invitation to a project", params: refParams.extend(idParams.shape), answer: emptySchema }),

  listTokens: define({ name: "GET /api/v1/tokens", tag: "Tokens and sessions", summary: "Your API tokens", answer: list(tokenSchema) }),
  createToken: define({
    name: "POST /api/v1/tokens", tag: "Tokens and sessions", summary: "Make an API token", description: "Only a signed-in person can: a token makes no tokens. Scopes need the password again.",
    body: createTokenInput, status: 201, answer: newTokenSchema, repetition: "refuse",
  }),
  revokeToken: define({ name: "DELETE /api/v1/tokens/{id}", tag: "Tokens and sessions", summary: "Revoke an API token", params: idParams, answer: emptySchema }),
  listSessions: define({ name: "GET /api/v1/sessions", tag: "Tokens and sessions", summary: "Where you are signed in", answer: list(sessionSchema) }),
  revokeSession: define({ name: "DELETE /api/v1/sessions/{id}", tag: "Tokens and sessions", summary: "End one of your sessions", params: idParams, answer: emptySchema }),
};
