import { DoorClosed } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { edit, reconcile } from "@/app/actions/project-actions";
import { DoorList } from "@/components/projects/door-list";
import { summaryOf } from "@/components/projects/door-words";
import { DoorsLookNote, LookAgain } from "@/components/projects/doors-look";
import { QuietDoorsTable } from "@/components/projects/quiet-doors-table";
import { EmptyState } from "@/components/ui/empty-state";
import { NameText } from "@/components/ui/name-text";
import { FailureNote, Notice } from "@/components/ui/notice";
import { PageHeader, Section } from "@/components/ui/page-header";
import type { AllDoorsResponse, ProjectDoors } from "@/lib/access/doors-protocol";
import { UnavailableError } from "@/lib/access/errors";
import { openPage } from "@/lib/server/current-actor";

export const metadata: Metadata = { title: "Doors" };

export default async function Page() {
  const ctx = await openPage("/doors");
  const seen = await ctx.worker.allDoors().catch((error: unknown) => {
    if (error instanceof UnavailableError) return error;
    throw error;
  });
  return (
    <>
      <PageHeader title="Doors" acts={<LookAgain />}>
        <p className="text-ink-2">
          Every address on which something of a project listens. {!(seen instanceof UnavailableError) && <DoorsLookNote checkedAt={seen.checkedAt} hostAddresses={seen.hostAddresses} />}
        </p>
      </PageHeader>
      {seen instanceof UnavailableError ? (
        <FailureNote what={seen.publicMessage} stillWorks="What is open stays open, and what is closed stays closed." todo="Doors are asked of Docker at the moment they are shown; look again when it answers." />
      ) : (
        <Projects projects={seen.projects} installation={seen.installation} />
      )}
    </>
  );
}

const needsALook = ({ doors }: ProjectDoors) => doors.some(({ severity }) => severity !== "ok");

function Projects({ projects, installation }: Pick<AllDoorsResponse, "projects" | "installation">) {
  const summary = summaryOf([...installation, ...projects.flatMap(({ doors }) => doors)]);
  const loud = projects.filter(needsALook);
  const quiet = projects.filter((project) => !needsALook(project));
  return (
    <>
      {summary !== null && <Notice tone={summary.tone}>{summary.sentence}</Notice>}
      {loud.map((project) => (
        <Section key={project.ref} title={<Name project={project} />} hint={project.isChanging && "An operation is at work on it."}>
          <DoorList label={`Doors of ${project.ref}`} doors={project.doors} project={{ ...project, mayEdit: true, mayReconcile: true }} acts={{ edit, reconcile }} />
        </Section>
      ))}
      {installation.length > 0 && (
        <Section title="Panel and edge" hint="What listens for the installation as a whole.">
          <DoorList label="Doors of the installation" doors={installation} project={null} acts={{ edit, reconcile }} />
        </Section>
      )}
      {projects.length === 0 && (
        <EmptyState icon={<DoorClosed aria-hidden />} title="No project is open">
          There is no project yet. The addresses of each show up here.
        </EmptyState>
      )}
      {quiet.length > 0 && (
        <Section title={loud.length > 0 ? "As they should be" : "Projects"}>
          <QuietDoorsTable projects={quiet} />
        </Section>
      )}
    </>
  );
}

function Name({ project }: { project: ProjectDoors }) {
  return (
    <Link href={`/projects/${project.ref}/doors`} className="rounded-sm hover:underline">
      <NameText name={project.displayName} />
    </Link>
  );
}
