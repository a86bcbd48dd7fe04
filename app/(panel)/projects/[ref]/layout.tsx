import type { Metadata } from "next";
import type { ReactNode } from "react";
import { deleteWhole, duplicateProject, exportWhole, pause, prove, purge, reconcile, resume, undoDelete } from "@/app/actions/project-actions";
import { cancel } from "@/app/actions/operation-actions";
import { open as openStudio } from "@/app/actions/studio-actions";
import { DuplicateButton } from "@/components/projects/duplicate-button";
import { ProjectButtons } from "@/components/projects/project-buttons";
import { staleAfterMs } from "@/components/projects/project-row";
import { UnreadableProject } from "@/components/projects/unreadable-project";
import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { StateBadge } from "@/components/ui/state-badge";
import type { ProjectDetail } from "@/lib/projects/views";
import { loadProject, loadUnreadable } from "./load-project";

type Params = { params: Promise<{ ref: string }> };

export async function generateMetadata({ params }: Params): Promise<Metadata> {
  const { ref } = await params;
  return { title: { default: ref, template: `%s · ${ref} · Basehold` } };
}

/** Name, state, acts and tabs of a project, around each of its pages. */
export default async function ProjectLayout({ params, children }: Params & { children: ReactNode }) {
  const { ref } = await params;
  const unreadable = await loadUnreadable(ref);
  if (unreadable !== null) {
    return (
      <>
        <PageHeader title={<bdi>{unreadable.displayName}</bdi>} meta={<StateBadge kind="project" state={unreadable.state} />} />
        <UnreadableProject project={unreadable} acts={{ duplicate: duplicateProject, export: exportWhole, delete: deleteWhole, purge }} />
      </>
    );
  }
  const project = await loadProject(ref);
  const isObserved = project.state !== "deleted" && project.state !== "paused" && project.state !== "creating";
  return (
    <>
      <div className="flex flex-col gap-3">
        <PageHeader
          title={<bdi>{project.displayName}</bdi>}
          meta={<StateBadge kind="project" state={project.state} at={isObserved ? project.observedAt : null} staleAfterMs={staleAfterMs} />}
          acts={
            <>
              {isDuplicableHere(project) && <DuplicateButton projectRef={ref} act={duplicateProject} />}
              <ProjectButtons project={{ ...project, hasStudio: project.settings.services.includes("studio"), isBehindEdge: project.ports.gatewayInner !== undefined }} acts={{ pause, resume, reconcile, prove, undoDelete, cancel, openStudio }} />
            </>
          }
        />
        <LinkTabs label="Project" tabs={tabsFor(project)} />
      </div>
      {children}
    </>
  );
}

/** Who may edit finds it among the settings; an operator has no settings page. */
function isDuplicableHere({ may, wasEverReady }: ProjectDetail): boolean {
  return wasEverReady && may.includes("project.duplicate") && !may.includes("project.edit");
}

function tabsFor({ ref, may, settings, wasEverReady }: ProjectDetail) {
  const base = `/projects/${ref}`;
  const tabs = [
    { href: base, label: "Overview", isOpen: true },
    { href: `${base}/routes`, label: "Routes", isOpen: true },
    { href: `${base}/keys`, label: "Keys", isOpen: wasEverReady },
    { href: `${base}/studio`, label: "Studio", isOpen: wasEverReady && may.includes("studio.see") && settings.services.includes("studio") },
    { href: `${base}/domains`, label: "Domains", isOpen: true },
    { href: `${base}/functions`, label: "Functions", isOpen: may.includes("function.write") && settings.services.includes("functions") },
    { href: `${base}/logs`, label: "Logs", isOpen: may.includes("project.logs") },
    { href: `${base}/doors`, label: "Doors", isOpen: true },
    { href: `${base}/settings`, label: "Settings", isOpen: may.includes("project.edit") },
    { href: `${base}/members`, label: "Members", isOpen: may.includes("project.members.see") },
    { href: `${base}/activity`, label: "Activity", isOpen: true },
  ];
  return tabs.filter((tab) => tab.isOpen).map(({ href, label }) => ({ href, label }));
}
