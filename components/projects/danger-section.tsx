"use client";
import { Download, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { ConfirmByName } from "@/components/ui/confirm-by-name";
import type { ProjectDetail } from "@/lib/projects/views";
import { DuplicateButton } from "./duplicate-button";
import type { DuplicateAct, ProjectAct } from "./project-acts";
import { PurgeButton, type PurgeAct } from "./purge-button";

export type WholeProjectActs = {
  duplicate: DuplicateAct;
  export: ProjectAct;
  delete: Act<{ ref: string; confirmName: string }, { operationId: string }>;
  purge: PurgeAct;
};

type Project = Pick<ProjectDetail, "ref" | "displayName" | "state" | "may" | "runningOperationId" | "wasEverReady"> & { services: string[]; ports: number[] };
type WholeProps = { project: Project; acts: WholeProjectActs };

/** Acts on the project as a whole: duplicate its settings, export it, delete it. */
export function WholeProject({ project, acts }: WholeProps) {
  const may = (permission: string) => project.may.includes(permission);
  const isFree = project.runningOperationId === null;
  return (
    <div className="divide-y divide-line rounded border border-line bg-surface">
      {may("project.duplicate") && (
        <Line title="Duplicate settings" text="A new project with the same release, services and settings. No data is copied, and every key is new.">
          <DuplicateButton projectRef={project.ref} act={acts.duplicate} />
        </Line>
      )}
      {may("project.export") && project.wasEverReady && (
        <Line title="Export" text="A folder that starts the same stack with Docker Compose alone, from the same images, with fresh volumes of its own. It holds secrets.">
          <Export project={project} act={acts.export} isEnabled={isFree} />
        </Line>
      )}
      {may("project.delete") && project.state !== "deleted" && (
        <Line title="Delete" text="Stops everything. Data stays in the trash for 7 days, and Undo brings the whole project back until then.">
          <Delete project={project} act={acts.delete} isEnabled={isFree} />
        </Line>
      )}
      {may("project.purge") && project.state === "deleted" && (
        <Line title="Purge" text="Removes the data at once. Nothing brings it back.">
          <PurgeButton project={project} ports={project.ports} act={acts.purge} isEnabled={isFree} />
        </Line>
      )}
    </div>
  );
}

function Line({ title, text, children }: { title: string; text: string; children: React.ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <h3 className="font-medium">{title}</h3>
        <p className="text-sm text-ink-3">{text}</p>
      </div>
      {children}
    </div>
  );
}

function Export({ project, act, isEnabled }: { project: Project; act: ProjectAct; isEnabled: boolean }) {
  const router = useRouter();
  const { run, isBusy } = useAct(act, { onDone: ({ operationId }) => router.push(`/operations/${operationId}`) });
  return (
    <Button icon={<Download aria-hidden className="size-4" />} disabled={!isEnabled} isBusy={isBusy} onClick={() => void run({ ref: project.ref })}>
      Export
    </Button>
  );
}

function Delete({ project, act, isEnabled }: { project: Project; act: WholeProjectActs["delete"]; isEnabled: boolean }) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy, failure, fieldError } = useAct(act, { failures: "inline", onDone: ({ operationId }) => router.push(`/operations/${operationId}`) });
  return (
    <>
      <Button variant="danger-quiet" icon={<Trash2 aria-hidden className="size-4" />} disabled={!isEnabled} onClick={() => setOpen(true)}>
        Delete
      </Button>
      <ConfirmByName
        isOpen={isOpen}
        onOpenChange={setOpen}
        verb="Delete"
        name={project.ref}
        expected={project.displayName}
        goes={[project.services.length === 0 ? "Its containers" : `${project.services.length} containers: ${project.services.join(", ")}`, "Its network", "Everything that answers under its address: API, database, Studio"]}
        stays={["Database, storage and function files, in the trash for 7 days", "Keys and passwords, the same when it comes back", `Reference ${project.ref} and ports ${project.ports.join(", ")}, reserved for it`]}
        until="Undo brings the whole project back until the 7 days are over. After that the data is removed."
        error={fieldError("confirmName") ?? failure?.message}
        isBusy={isBusy}
        onConfirm={(confirmName) => void run({ ref: project.ref, confirmName })}
      />
    </>
  );
}
