import { CircleAlert, CircleCheck, Globe, Info, Laptop, Network, TriangleAlert, type LucideIcon } from "lucide-react";
import { Badge, type Tone } from "@/components/ui/badge";
import { cn } from "@/components/ui/class-names";
import { MarkedText } from "@/components/ui/marked-text";
import type { Door, Reach, Severity } from "@/lib/access/doors-protocol";
import { DoorFixButton, type DoorActs, type DoorProject } from "./door-fix";
import { answerWords, doorAddress, reachWords, severityWords } from "./door-words";

const marks: Record<Severity, { Icon: LucideIcon; ink: string; tone: Tone }> = {
  ok: { Icon: CircleCheck, ink: "text-good", tone: "good" },
  notice: { Icon: Info, ink: "text-busy", tone: "busy" },
  warn: { Icon: TriangleAlert, ink: "text-warn", tone: "warn" },
  danger: { Icon: CircleAlert, ink: "text-bad", tone: "bad" },
};
const reachIcons: Record<Reach, LucideIcon> = { loopback: Laptop, network: Network, everyone: Globe };

type ListProps = { label: string; doors: readonly Door[]; /** null: doors of the installation, which no setting of a project closes. */ project: DoorProject | null; acts: DoorActs };

/** Doors of one project, or of the installation, worst first: where, what, who gets there, why, and the act that closes it. */
export function DoorList({ label, doors, project, acts }: ListProps) {
  return (
    <ul aria-label={label} className="min-w-0 divide-y divide-line rounded border border-line bg-surface">
      {doors.map((door) => (
        <DoorRow key={`${door.address} ${door.port} ${door.protocol} ${door.container}`} door={door} project={project} acts={acts} />
      ))}
    </ul>
  );
}

function DoorRow({ door, project, acts }: { door: Door } & Pick<ListProps, "project" | "acts">) {
  const { Icon, ink, tone } = marks[door.severity];
  const ReachIcon = reachIcons[door.reach];
  return (
    <li className="grid gap-x-6 gap-y-2 px-4 py-3 lg:grid-cols-[15rem_minmax(0,1fr)_auto]">
      <div className="flex min-w-0 items-start gap-2.5">
        <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", ink)} />
        <div className="min-w-0">
          <span className="sr-only">{severityWords[door.severity]}: </span>
          <p className="font-medium [overflow-wrap:anywhere]">{door.title}</p>
          <p className="font-mono text-sm [overflow-wrap:anywhere]">
            {doorAddress(door)}
            {door.protocol !== "tcp" && ` ${door.protocol}`}
          </p>
          <p title={door.container} className="truncate font-mono text-xs text-ink-3">
            {door.container}
          </p>
        </div>
      </div>
      <div className="flex min-w-0 flex-col gap-1.5 max-lg:pl-6.5">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Badge tone={door.reach === "loopback" && door.severity === "ok" ? "idle" : tone} icon={<ReachIcon aria-hidden className="size-3.5" />}>
            {reachWords[door.reach]}
          </Badge>
          {!door.isExpected && <Badge tone={tone}>Not asked for</Badge>}
          <span className="text-sm text-ink-3">{answerWords(door.answers)}</span>
        </div>
        <p className="max-w-[72ch] text-ink-2 [overflow-wrap:anywhere]">
          <MarkedText text={door.why} />
        </p>
        {door.fix?.kind === "by-hand" && (
          <p className="max-w-[72ch] text-ink-2 [overflow-wrap:anywhere]">
            <MarkedText text={door.fix.words} />
          </p>
        )}
      </div>
      <div className="max-lg:pl-6.5 lg:text-right">{door.fix && project && <DoorFixButton door={door} fix={door.fix} project={project} acts={acts} />}</div>
    </li>
  );
}
