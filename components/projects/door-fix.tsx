"use client";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { showToast } from "@/components/ui/toast";
import type { Door, DoorFix, ProjectDoors } from "@/lib/access/doors-protocol";
import { actOf, doorAddress } from "./door-words";
import type { ProjectAct } from "./project-acts";
import type { EditAct, EditInput } from "./settings-acts";

export type DoorActs = { edit: EditAct; reconcile: ProjectAct };
export type DoorProject = Pick<ProjectDoors, "ref" | "state" | "isChanging" | "settings"> & { mayEdit: boolean; mayReconcile: boolean };

type Props = { door: Door; fix: DoorFix; project: DoorProject; acts: DoorActs };

/** The button that closes a door. It says what restarts before it does anything. */
export function DoorFixButton({ door, fix, project, acts }: Props) {
  const [isOpen, setOpen] = useState(false);
  const act = actOf(fix, door, project.settings);
  const isAllowed = fix.kind === "reconcile" ? project.mayReconcile : project.mayEdit;
  const isFree = !project.isChanging && (project.state === "ready" || project.state === "failed");
  if (act === null || !isAllowed) return null;
  return (
    <>
      <Button size="sm" disabled={!isFree} aria-label={`${act.label}: ${door.title} on ${doorAddress(door)}`} onClick={() => setOpen(true)}>
        {act.label}
      </Button>
      <Dialog isOpen={isOpen} onOpenChange={setOpen} title={act.title} description={fix.words}>
        <div className="flex flex-col gap-4">
          <p>{act.restarts}</p>
          {fix.kind === "reconcile" ? <ReconcileStep projectRef={project.ref} act={acts.reconcile} onClose={() => setOpen(false)} /> : <EditStep input={toEdit(project.ref, fix)} label={act.label} act={acts.edit} onClose={() => setOpen(false)} />}
        </div>
      </Dialog>
    </>
  );
}

function toEdit(ref: string, { setting }: DoorFix): EditInput {
  return setting === "bindAddress" ? { ref, bindAddress: "127.0.0.1" } : { ref, isDirectDatabasePortOpen: false };
}

function EditStep({ input, label, act, onClose }: { input: EditInput; label: string; act: EditAct; onClose(): void }) {
  const { run, isBusy, failure } = useAct(act, {
    failures: "inline",
    onDone: ({ operationId }) => {
      onClose();
      showToast(operationId === null ? "Saved." : "Saved. It is being applied and proven now.");
    },
  });
  return <Confirm label={label} failure={failure?.message ?? null} isBusy={isBusy} onConfirm={() => void run(input)} onClose={onClose} />;
}

function ReconcileStep({ projectRef, act, onClose }: { projectRef: string; act: ProjectAct; onClose(): void }) {
  const { run, isBusy, failure } = useAct(act, {
    failures: "inline",
    onDone: () => {
      onClose();
      showToast(`Reconciling ${projectRef}.`);
    },
  });
  return <Confirm label="Reconcile" failure={failure?.message ?? null} isBusy={isBusy} onConfirm={() => void run({ ref: projectRef })} onClose={onClose} />;
}

function Confirm({ label, failure, isBusy, onConfirm, onClose }: { label: string; failure: string | null; isBusy: boolean; onConfirm(): void; onClose(): void }) {
  return (
    <>
      {failure !== null && <Notice tone="bad">{failure}</Notice>}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="primary" isBusy={isBusy} onClick={onConfirm}>
          {label}
        </Button>
      </div>
    </>
  );
}
