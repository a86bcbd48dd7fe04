"use client";
import { ArrowDown, ArrowUp } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Checkbox } from "@/components/ui/choice";
import { HeadCell, Table, TableHead } from "@/components/ui/table";
import type { ProjectListItem } from "@/lib/projects/views";
import { BulkBar } from "./bulk-bar";
import type { ProjectActs } from "./project-acts";
import { ProjectCard, ProjectRow } from "./project-row";

type Column = { label: string; href: string | null; order: "ascending" | "descending" | "none"; isNumber?: boolean };
type TableProps = { projects: readonly ProjectListItem[]; columns: readonly Column[]; acts: Pick<ProjectActs, "pause" | "resume">; mayBulk: boolean };

/** Projects as a table, as cards on a phone; what is selected can be paused or resumed together. */
export function ProjectsTable({ projects, columns, acts, mayBulk }: TableProps) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const chosen = projects.filter((project) => selected.has(project.ref));
  const toggle = (ref: string, isOn: boolean) =>
    setSelected((now) => {
      const next = new Set(now);
      if (isOn) next.add(ref);
      else next.delete(ref);
      return next;
    });
  const box = (project: ProjectListItem) => (
    <Checkbox isLabelHidden label={`Select ${project.displayName}`} checked={selected.has(project.ref)} onChange={(event) => toggle(project.ref, event.target.checked)} />
  );

  return (
    <>
      <div className="max-sm:hidden">
        <Table label="Projects">
          <TableHead>
            {mayBulk && (
              <HeadCell className="w-8 !pr-0">
                <Checkbox
                  isLabelHidden
                  label="Select all projects"
                  isMixed={chosen.length > 0 && chosen.length < projects.length}
                  checked={projects.length > 0 && chosen.length === projects.length}
                  onChange={(event) => setSelected(new Set(event.target.checked ? projects.map((project) => project.ref) : []))}
                />
              </HeadCell>
            )}
            {columns.map((column) => (
              <HeadCell key={column.label} isNumber={column.isNumber} aria-sort={column.order === "none" ? undefined : column.order}>
                {column.href === null ? (
                  column.label
                ) : (
                  <Link href={column.href} scroll={false} className="inline-flex items-center gap-1 rounded-sm hover:text-ink">
                    {column.label}
                    {column.order === "ascending" && <ArrowUp aria-hidden className="size-3.5" />}
                    {column.order === "descending" && <ArrowDown aria-hidden className="size-3.5" />}
                  </Link>
                )}
              </HeadCell>
            ))}
          </TableHead>
          <tbody>
            {projects.map((project) => (
              <ProjectRow key={project.ref} project={project} isSelected={selected.has(project.ref)} checkbox={mayBulk ? box(project) : null} />
            ))}
          </tbody>
        </Table>
      </div>
      <ul className="flex flex-col gap-2 sm:hidden">
        {projects.map((project) => (
          <ProjectCard key={project.ref} project={project} checkbox={mayBulk ? box(project) : null} />
        ))}
      </ul>
      {chosen.length > 0 && <BulkBar projects={chosen} acts={acts} onClear={() => setSelected(new Set())} />}
    </>
  );
}
