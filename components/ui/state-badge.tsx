import { Ban, CircleAlert, CircleCheck, CircleDashed, CircleHelp, CirclePause, CircleStop, CircleX, Clock3, LoaderCircle, Minus, Trash2, Undo2, type LucideIcon } from "lucide-react";
import { Badge, type Tone } from "./badge";
import { cn } from "./class-names";
import { wordOfState, type StateIcon, type StateKind } from "./state-vocabulary";
import { TimeAgo } from "./time-ago";

const icons: Record<StateIcon, LucideIcon> = {
  check: CircleCheck,
  spin: LoaderCircle,
  clock: Clock3,
  alert: CircleAlert,
  cross: CircleX,
  pause: CirclePause,
  trash: Trash2,
  question: CircleHelp,
  stop: CircleStop,
  undo: Undo2,
  missing: Ban,
  minus: CircleDashed,
};

const inkOf: Record<Tone, string> = { good: "text-good", warn: "text-warn", bad: "text-bad", busy: "text-busy", idle: "text-ink-3", accent: "text-accent-ink" };

/** The icon of a state alone, where its word stands beside it already. */
export function StateMark({ kind, state, className }: { kind: StateKind; state: string; className?: string }) {
  const { tone, icon } = wordOfState(kind, state);
  const Icon = icons[icon] ?? Minus;
  return <Icon aria-hidden className={cn("size-4 shrink-0", inkOf[tone], icon === "spin" && "animate-turn", className)} />;
}

type StateBadgeProps = { kind: StateKind; state: string; at?: string | null; staleAfterMs?: number; suffix?: string; title?: string };

/** Draws each state the same way everywhere: icon, word, and how old the observation is. */
export function StateBadge({ kind, state, at, staleAfterMs, suffix, title }: StateBadgeProps) {
  const { word, tone, icon } = wordOfState(kind, state);
  const Icon = icons[icon];
  return (
    <span className="inline-flex items-center gap-2" title={title}>
      <Badge tone={tone} icon={<Icon aria-hidden className={cn("size-3.5", icon === "spin" && "animate-turn")} />}>
        <span>
          {word}
          {suffix && <span className="font-normal">{suffix}</span>}
        </span>
      </Badge>
      {at && <TimeAgo at={at} staleAfterMs={staleAfterMs} className="text-xs text-ink-3" />}
    </span>
  );
}
