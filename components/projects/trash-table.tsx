"use client";
import { Undo2 } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { NameText } from "@/components/ui/name-text";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time-ago";
import type { ProjectListItem } from "@/lib/projects/views";
import type { ProjectAct } from "./project-acts";
import { PurgeButton, type PurgeAct } from "./purge-button";

type TrashRow = { project: ProjectListItem; mayUndo: boolean; mayPurge: boolean };

/** Deleted projects with the time that is left, and the two ways on. */
export function TrashTable({ rows, undoDelete, purge }: { rows: readonly TrashRow[]; undoDelete: ProjectAct; purge: PurgeAct }) {
  return (
    <Table label="Deleted projects">
      <TableHead>
        <HeadCell>Name</HeadCell>
        <HeadCell>Release</HeadCell>
        <HeadCell>Data is removed</HeadCell>
        <HeadCell>
          <span className="sr-only">Acts</span>
        </HeadCell>
      </TableHead>
      <tbody>
        {rows.map(({ project, mayUndo, mayPurge }) => (
          <Row key={project.ref}>
            <Cell className="max-w-80">
              <Link href={`/projects/${project.ref}`} className="flex min-w-0 flex-col rounded-sm hover:underline">
                <NameText name={project.displayName} className="font-medium" />
                <span className="truncate font-mono text-xs text-ink-3">{project.ref}</span>
              </Link>
            </Cell>
            <Cell className="font-mono text-sm">{project.release}</Cell>
            <Cell className="text-sm text-ink-2">{project.purgeAfter ? <TimeAgo at={project.purgeAfter} /> : "–"}</Cell>
            <Cell>
              <span className="flex justify-end gap-2">
                {mayUndo && <UndoButton project={project} act={undoDelete} />}
                {mayPurge && <PurgeButton size="sm" project={project} act={purge} isEnabled={project.runningOperationId === null} />}
              </span>
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function UndoButton({ project, act }: { project: ProjectListItem; act: ProjectAct }) {
  const router = useRouter();
  const { run, isBusy } = useAct(act, { onDone: ({ operationId }) => router.push(`/operations/${operationId}`) });
  return (
    <Button size="sm" icon={<Undo2 aria-hidden className="size-4" />} disabled={project.runningOperationId !== null} isBusy={isBusy} aria-label={`Undo the deletion of ${project.ref}`} onClick={() => void run({ ref: project.ref })}>
      Undo
    </Button>
  );
}
