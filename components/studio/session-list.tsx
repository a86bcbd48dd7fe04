"use client";
import { useAct } from "@/components/act/use-act";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { TimeAgo } from "@/components/ui/time-ago";
import type { StudioView } from "@/lib/projects/views";
import type { StudioActs } from "./studio-acts";

type Props = { view: Pick<StudioView, "ref" | "sessions">; act: StudioActs["endSessions"] };

/** Who is in Studio without its password. */
export function SessionList({ view: { ref, sessions }, act }: Props) {
  if (sessions.length === 0) return <EmptyState title="Nobody is in Studio from here">Whoever opens it shows up here, until ten minutes pass without a request.</EmptyState>;
  return (
    <ul aria-label="Sessions of Studio" className="flex flex-col divide-y divide-line rounded border border-line bg-surface">
      {sessions.map((session) => (
        <li key={session.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
          <span className="flex min-w-0 flex-1 basis-56 flex-col">
            <span className="flex min-w-0 flex-wrap items-center gap-2">
              <bdi className="[overflow-wrap:anywhere]">{session.name}</bdi>
              {session.isOwn && <Badge tone="accent">You</Badge>}
            </span>
            <span className="text-sm text-ink-3 [overflow-wrap:anywhere]">
              {session.email}
              {session.ip !== null && <>, from {session.ip}</>}
            </span>
          </span>
          <span className="flex flex-wrap gap-x-3 text-sm text-ink-3">
            <TimeAgo at={session.openedAt} prefix="opened " isInline />
            <TimeAgo at={session.lastSeenAt} prefix="last seen " isInline />
          </span>
          <EndButton projectRef={ref} sessionId={session.id} label="End" description={`End the session of ${session.name}`} act={act} />
        </li>
      ))}
    </ul>
  );
}

type EndProps = { projectRef: string; sessionId?: string; label: string; description?: string; act: StudioActs["endSessions"] };

/** Ends at once: whoever it was opens Studio again with one press, if the role still allows it. */
export function EndButton({ projectRef, sessionId, label, description, act }: EndProps) {
  const { run, isBusy } = useAct(act, { done: sessionId === undefined ? "All sessions of Studio are ended." : "The session is ended." });
  return (
    <Button size="sm" variant="danger-quiet" aria-label={description} isBusy={isBusy} onClick={() => void run({ ref: projectRef, ...(sessionId === undefined ? {} : { sessionId }) })}>
      {label}
    </Button>
  );
}
