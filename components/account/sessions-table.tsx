"use client";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time-ago";
import { describeAgent } from "./describe-agent";

export type SessionRow = { id: string; userAgent: string; ip: string; createdAt: string; lastSeenAt: string; isCurrent: boolean };
export type RevokeSessionAct = Act<{ sessionId: string }, unknown>;

/** Where one is signed in. A revoked session ends with its next request. */
export function SessionsTable({ sessions, revoke }: { sessions: readonly SessionRow[]; revoke: RevokeSessionAct }) {
  return (
    <Table label="Sessions">
      <TableHead>
        <HeadCell>Browser</HeadCell>
        <HeadCell>Address</HeadCell>
        <HeadCell>Last seen</HeadCell>
        <HeadCell>Signed in</HeadCell>
        <HeadCell>
          <span className="sr-only">Acts</span>
        </HeadCell>
      </TableHead>
      <tbody>
        {sessions.map((session) => (
          <Row key={session.id}>
            <Cell className="max-w-72">
              <span className="flex items-center gap-2">
                <span title={session.userAgent} className="truncate">
                  {describeAgent(session.userAgent)}
                </span>
                {session.isCurrent && <Badge tone="good">This one</Badge>}
              </span>
            </Cell>
            <Cell className="font-mono text-sm">{session.ip || "–"}</Cell>
            <Cell className="text-sm text-ink-2">
              <TimeAgo at={session.lastSeenAt} />
            </Cell>
            <Cell className="text-sm text-ink-2">
              <TimeAgo at={session.createdAt} />
            </Cell>
            <Cell className="text-right">{!session.isCurrent && <RevokeButton session={session} act={revoke} />}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function RevokeButton({ session, act }: { session: SessionRow; act: RevokeSessionAct }) {
  const { run, isBusy } = useAct(act, { done: "Session ended." });
  return (
    <Button size="sm" variant="ghost" isBusy={isBusy} aria-label={`End the session of ${describeAgent(session.userAgent)}`} onClick={() => void run({ sessionId: session.id })}>
      End
    </Button>
  );
}
