"use client";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time-ago";
import { roleLabels } from "./role-text";

export type InvitationRow = { id: string; email: string; role: string; invitedBy: string | null; createdAt: string; expiresAt: string };
export type RevokeInvitationAct = Act<{ invitationId: string }, unknown>;

/** Invitations that nobody has used yet. */
export function InvitationsTable({ invitations, revoke }: { invitations: readonly InvitationRow[]; revoke: RevokeInvitationAct | null }) {
  return (
    <Table label="Open invitations">
      <TableHead>
        <HeadCell>E-mail</HeadCell>
        <HeadCell>Role</HeadCell>
        <HeadCell>Invited by</HeadCell>
        <HeadCell>Ends</HeadCell>
        <HeadCell>
          <span className="sr-only">Acts</span>
        </HeadCell>
      </TableHead>
      <tbody>
        {invitations.map((invitation) => (
          <Row key={invitation.id}>
            <Cell className="max-w-72 truncate">{invitation.email}</Cell>
            <Cell>{roleLabels[invitation.role] ?? invitation.role}</Cell>
            <Cell className="text-sm text-ink-2">{invitation.invitedBy === null ? "–" : <bdi>{invitation.invitedBy}</bdi>}</Cell>
            <Cell className="text-sm text-ink-2">
              <TimeAgo at={invitation.expiresAt} />
            </Cell>
            <Cell className="text-right">{revoke && <RevokeButton invitation={invitation} act={revoke} />}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function RevokeButton({ invitation, act }: { invitation: InvitationRow; act: RevokeInvitationAct }) {
  const { run, isBusy } = useAct(act, { done: "Invitation revoked. Its link no longer works." });
  return (
    <Button size="sm" variant="ghost" isBusy={isBusy} aria-label={`Revoke the invitation of ${invitation.email}`} onClick={() => void run({ invitationId: invitation.id })}>
      Revoke
    </Button>
  );
}
