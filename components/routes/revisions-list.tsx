import type { ReactNode } from "react";
import { LongList } from "@/components/ui/long-list";
import { MarkedText } from "@/components/ui/marked-text";
import { NameText } from "@/components/ui/name-text";
import { StateBadge } from "@/components/ui/state-badge";
import { TimeAgo } from "@/components/ui/time-ago";
import type { GatewayRevisionView } from "@/lib/projects/views";

type ListProps = {
  revisions: readonly GatewayRevisionView[];
  /** Whether the release's own routes are what is in force. */
  isUntouched: boolean;
  /** The button that brings a revision back; 0 is the release's own routes. */
  restore?(number: number): ReactNode;
};

/** Every kept version, newest first, down to the routes that came with the release. */
export function RevisionsList({ revisions, isUntouched, restore }: ListProps) {
  return (
    <ol aria-label="Revisions" className="min-w-0 divide-y divide-line rounded border border-line bg-surface">
      {revisions.map((revision) => (
        <li key={revision.number} className="grid gap-x-6 gap-y-2 px-4 py-3 md:grid-cols-[13rem_minmax(0,1fr)_auto]">
          <div className="flex min-w-0 flex-col gap-1">
            <div className="flex flex-wrap items-center gap-2">
              <span className="font-medium">Revision {revision.number}</span>
              <StateBadge kind="revision" state={revision.state} />
            </div>
            <p className="min-w-0 text-sm text-ink-3">
              <NameText name={revision.authorName} />, <TimeAgo at={revision.createdAt} isInline />
            </p>
          </div>
          <Changes revision={revision} />
          {revision.state === "superseded" || revision.state === "failed" ? restore?.(revision.number) : <span />}
        </li>
      ))}
      <li className="grid gap-x-6 gap-y-2 px-4 py-3 md:grid-cols-[13rem_minmax(0,1fr)_auto]">
        <div className="flex flex-wrap items-center gap-2">
          <span className="font-medium">Release</span>
          {isUntouched && <StateBadge kind="revision" state="in-force" />}
        </div>
        <p className="text-ink-2">The routes that come with the release, and nothing else.</p>
        {isUntouched ? <span /> : restore?.(0)}
      </li>
    </ol>
  );
}

function Changes({ revision: { summary, cause, failure } }: { revision: GatewayRevisionView }) {
  return (
    <div className="flex min-w-0 flex-col gap-1 [overflow-wrap:anywhere]">
      {cause !== null && <p className="text-sm text-ink-3">{cause}</p>}
      <LongList items={summary} what="changes" className="flex flex-col gap-0.5" />
      {failure !== null && (
        <p className="text-sm text-bad">
          <MarkedText text={failure.sentence} />
        </p>
      )}
    </div>
  );
}
