import { DoorClosed } from "lucide-react";
import type { Metadata } from "next";
import { edit, reconcile } from "@/app/actions/project-actions";
import { DoorList } from "@/components/projects/door-list";
import { summaryOf } from "@/components/projects/door-words";
import { DoorsLookNote, LookAgain } from "@/components/projects/doors-look";
import { EmptyState } from "@/components/ui/empty-state";
import { FailureNote, Notice } from "@/components/ui/notice";
import { Section } from "@/components/ui/page-header";
import type { DoorsResponse } from "@/lib/access/doors-protocol";
import { UnavailableError } from "@/lib/access/errors";
import { forPage, openPage } from "@/lib/server/current-actor";
import { loadProject } from "../load-project";

export const metadata: Metadata = { title: "Doors" };

export default async function Page({ params }: { params: Promise<{ ref: string }> }) {
  const { ref } = await params;
  const ctx = await openPage("/projects/[ref]/doors", { ref });
  const project = await loadProject(ref);
  const seen = await forPage(ctx.worker.doors(ref)).catch((error: unknown) => {
    if (error instanceof UnavailableError) return error;
    throw error;
  });
  if (seen instanceof UnavailableError) {
    return <FailureNote what={seen.publicMessage} stillWorks="What is open stays open, and what is closed stays closed." todo="Doors are asked of Docker at the moment they are shown; look again when it answers." acts={<LookAgain />} />;
  }
  const summary = summaryOf(seen.doors);
  return (
    <Section title="Doors" hint={<DoorsLookNote checkedAt={seen.checkedAt} hostAddresses={seen.hostAddresses} />} acts={<LookAgain />}>
      {seen.isChanging && <Notice tone="info">An operation is at work on this project: what is listed changes with it.</Notice>}
      {summary === null ? <NothingOpen state={project.state} /> : <Notice tone={summary.tone}>{summary.sentence}</Notice>}
      {seen.doors.length > 0 && <DoorList label="Doors" doors={seen.doors} project={asShown(seen, project.may)} acts={{ edit, reconcile }} />}
    </Section>
  );
}

function asShown({ ref, state, isChanging, settings }: DoorsResponse, may: readonly string[]) {
  return { ref, state, isChanging, settings, mayEdit: may.includes("project.edit"), mayReconcile: may.includes("project.reconcile") };
}

function NothingOpen({ state }: { state: string }) {
  return (
    <EmptyState icon={<DoorClosed aria-hidden />} title="Nothing is open">
      {state === "paused" ? "The project is paused: its containers are stopped and hold no port. Its doors open again when it is resumed." : "No container of this project runs with a port on the machine. Addresses show up here as soon as one listens."}
    </EmptyState>
  );
}
