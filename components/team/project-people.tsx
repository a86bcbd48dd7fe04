"use client";
import { useCallback } from "react";
import type { Act } from "@/components/act/act-result";
import { InvitationsTable, type InvitationRow } from "./invitations-table";
import { InviteButton } from "./invite-dialog";
import { PeopleTable, type Person } from "./people-table";

export type MemberActs = {
  change: Act<{ ref: string; userId: string; role: string }, unknown>;
  remove: Act<{ ref: string; userId: string }, unknown>;
  invite: Act<{ ref: string; email: string; role: string }, { link: string }>;
  revokeInvitation: Act<{ ref: string; invitationId: string }, unknown>;
};

/** People with a role in one project. The acts are told which project they are about. */
export function ProjectPeople({ projectRef, people, roles, ownUserId, acts }: { projectRef: string; people: readonly Person[]; roles: readonly string[]; ownUserId: string; acts: MemberActs }) {
  const changeRole = useCallback((input: { userId: string; role: string }) => acts.change({ ...input, ref: projectRef }), [acts, projectRef]);
  const remove = useCallback((input: { userId: string }) => acts.remove({ ...input, ref: projectRef }), [acts, projectRef]);
  return <PeopleTable label="Members" people={people} roles={roles} ownUserId={ownUserId} changeRole={changeRole} remove={remove} removal="The role in this project ends with the next request. A role over the whole installation stays." />;
}

export function ProjectInviteButton({ projectRef, roles, act }: { projectRef: string; roles: readonly string[]; act: MemberActs["invite"] }) {
  const invite = useCallback((input: { email: string; role: string }) => act({ ...input, ref: projectRef }), [act, projectRef]);
  return <InviteButton act={invite} roles={roles} title={`Invite to ${projectRef}`} />;
}

export function ProjectInvitations({ projectRef, invitations, act }: { projectRef: string; invitations: readonly InvitationRow[]; act: MemberActs["revokeInvitation"] }) {
  const revoke = useCallback((input: { invitationId: string }) => act({ ...input, ref: projectRef }), [act, projectRef]);
  return <InvitationsTable invitations={invitations} revoke={revoke} />;
}
