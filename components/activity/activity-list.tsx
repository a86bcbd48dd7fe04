import { Bot, KeyRound, Terminal, UserRound, Wrench } from "lucide-react";
import Link from "next/link";
import { cn } from "@/components/ui/class-names";
import { StateBadge } from "@/components/ui/state-badge";
import { TimeAgo } from "@/components/ui/time-ago";
import type { ActivityItem } from "@/lib/projects/views";

const actorIcons: Record<string, typeof UserRound> = { user: UserRound, token: KeyRound, system: Bot, setup: Wrench, cli: Terminal };

/** Audited acts and operations, newest first, each operation with its permalink. */
export function ActivityList({ items, isProjectShown = true, isCompact = false }: { items: readonly ActivityItem[]; isProjectShown?: boolean; isCompact?: boolean }) {
  return (
    <ul className="divide-y divide-line rounded border border-line bg-surface">
      {items.map((item) => {
        const Icon = actorIcons[item.actorKind] ?? UserRound;
        return (
          <li key={item.id} className="flex min-h-11 items-center gap-x-3 gap-y-1 px-4 py-2 max-sm:flex-wrap">
            <Icon aria-hidden className="size-4 shrink-0 text-ink-3" />
            <div className={cn("min-w-0 flex-1", !isCompact && "basis-64")}>
              <div className="[overflow-wrap:anywhere]">
                {item.operationId ? (
                  <Link href={`/operations/${item.operationId}`} className="rounded-sm hover:underline">
                    {item.summary}
                  </Link>
                ) : (
                  item.summary
                )}
              </div>
              <div className="flex flex-wrap gap-x-2 text-sm text-ink-3">
                <bdi className={cn(isCompact && "max-w-48 truncate")}>{item.actorName}</bdi>
                {!isCompact && item.ip && <span className="font-mono text-xs leading-5">{item.ip}</span>}
                {!isCompact && <span className="font-mono text-xs leading-5">{item.action}</span>}
                {isProjectShown && item.projectRef && (
                  <Link href={`/projects/${item.projectRef}`} className="rounded-sm font-mono text-xs leading-5 hover:text-ink hover:underline">
                    {item.projectRef}
                  </Link>
                )}
              </div>
            </div>
            {item.operationStatus && <StateBadge kind="operation" state={item.operationStatus} />}
            <span className={cn("text-right text-sm text-ink-3", !isCompact && "w-24")}>
              <TimeAgo at={item.at} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
