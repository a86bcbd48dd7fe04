import { FlaskConical, GitCompareArrows } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { formatBytes } from "@/components/ui/format-units";
import { NameText } from "@/components/ui/name-text";
import { StateBadge } from "@/components/ui/state-badge";
import { Cell, Row } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time-ago";
import { cn } from "@/components/ui/class-names";
import type { ProjectListItem } from "@/lib/projects/views";

/** Older than three intervals of the worker's resync. */
export const staleAfterMs = 90_000;

function Marks({ project }: { project: ProjectListItem }) {
  return (
    <>
      {project.hasDrift && (
        <Badge tone="warn" icon={<GitCompareArrows aria-hidden className="size-3.5" />}>
          Drift
        </Badge>
      )}
      {project.hasStandIns && (
        <Badge tone="accent" icon={<FlaskConical aria-hidden className="size-3.5" />}>
          Lab
        </Badge>
      )}
    </>
  );
}

function serviceCount(project: ProjectListItem): string {
  return project.observedAt === null ? "–" : `${project.servicesHealthy} of ${project.servicesTotal}`;
}

/** A project as a row of the table. */
export function ProjectRow({ project, isSelected, checkbox }: { project: ProjectListItem; isSelected: boolean; checkbox: ReactNode }) {
  return (
    <Row className={cn("relative transition-colors hover:bg-hover", isSelected && "bg-accent-soft hover:bg-accent-soft")}>
      {checkbox !== null && (
        <Cell className="w-8 !pr-0">
          <span className="relative z-10 flex items-center">{checkbox}</span>
        </Cell>
      )}
      <Cell className="max-w-80">
        <Link href={`/projects/${project.ref}`} className="flex min-w-0 flex-col items-start rounded-sm after:absolute after:inset-0">
          <NameText name={project.displayName} className="font-medium" />
          <span className="max-w-full truncate font-mono text-xs text-ink-3">{project.ref}</span>
        </Link>
      </Cell>
      <Cell>
        <span className="flex items-center gap-2">
          <StateBadge kind="project" state={project.state} title={project.stateReason ?? undefined} />
          <Marks project={project} />
        </span>
      </Cell>
      <Cell isNumber>{serviceCount(project)}</Cell>
      <Cell className="font-mono text-sm">{project.release}</Cell>
      <Cell isNumber>{project.memoryBytes === null ? "–" : formatBytes(project.memoryBytes)}</Cell>
      <Cell className="text-sm text-ink-3">
        {project.state === "deleted" && project.purgeAfter ? <TimeAgo at={project.purgeAfter} prefix="purged " /> : project.observedAt ? <TimeAgo at={project.observedAt} staleAfterMs={project.state === "paused" ? undefined : staleAfterMs} /> : "Not yet"}
      </Cell>
    </Row>
  );
}

/** The same project as a card, for a narrow screen. */
export function ProjectCard({ project, checkbox }: { project: ProjectListItem; checkbox: ReactNode }) {
  return (
    <li className="relative flex gap-2 rounded border border-line bg-surface p-3">
      {checkbox !== null && <span className="relative z-10">{checkbox}</span>}
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <Link href={`/projects/${project.ref}`} className="flex min-w-0 flex-col items-start rounded-sm after:absolute after:inset-0">
          <NameText name={project.displayName} className="font-medium" />
          <span className="max-w-full truncate font-mono text-xs text-ink-3">{project.ref}</span>
        </Link>
        <span className="flex flex-wrap items-center gap-2">
          <StateBadge kind="project" state={project.state} />
          <Marks project={project} />
        </span>
        <span className="flex flex-wrap gap-x-4 text-sm text-ink-3">
          <span>{project.release}</span>
          <span>{serviceCount(project)} services</span>
          <span>{project.memoryBytes === null ? "Memory unknown" : formatBytes(project.memoryBytes)}</span>
        </span>
      </div>
    </li>
  );
}
