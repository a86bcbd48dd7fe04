import type { Metadata } from "next";
import { deleteWhole, duplicateProject, edit, exportWhole, purge } from "@/app/actions/project-actions";
import { AddressSection } from "@/components/projects/address-section";
import { WholeProject } from "@/components/projects/danger-section";
import { DriftSection, NameSection, ServicesSection, UrlsSection } from "@/components/projects/settings-sections";
import { SmtpSection } from "@/components/projects/smtp-section";
import { LeaveGuard } from "@/components/settings-form/leave-guard";
import { Notice } from "@/components/ui/notice";
import { Section } from "@/components/ui/page-header";
import type { ProjectDetail } from "@/lib/projects/views";
import { getRelease, serviceCatalogue } from "@/lib/stack/releases";
import { openPage } from "@/lib/server/current-actor";
import { loadProject } from "../load-project";

export const metadata: Metadata = { title: "Settings" };

export default async function Page({ params }: { params: Promise<{ ref: string }> }) {
  const { ref } = await params;
  await openPage("/projects/[ref]/settings", { ref });
  const project = await loadProject(ref);
  const release = getRelease(project.release);
  const readOnlyReason = whyReadOnly(project);
  const section = { project, edit, isReadOnly: readOnlyReason !== "", readOnlyReason: "" };
  const ports = [project.ports.gateway, project.ports.poolerSession, project.ports.poolerTransaction, ...(project.ports.database === null ? [] : [project.ports.database])];

  return (
    <LeaveGuard>
      {readOnlyReason !== "" && <Notice tone="info">{readOnlyReason}</Notice>}
      {project.state === "paused" && <Notice tone="info">Paused: what you save here is applied when the project is resumed.</Notice>}
      <div>
        <NameSection {...section} isReadOnly={project.state === "deleted" || project.state === "deleting"} />
        <ServicesSection {...section} catalogue={release === undefined ? [] : serviceCatalogue(release)} />
        <AddressSection {...section} />
        <UrlsSection {...section} />
        <SmtpSection {...section} />
        <DriftSection {...section} />
      </div>
      <Section title="The whole project">
        <WholeProject project={{ ...project, services: project.settings.services, ports }} acts={{ duplicate: duplicateProject, export: exportWhole, delete: deleteWhole, purge }} />
      </Section>
    </LeaveGuard>
  );
}

/** Why nothing can be changed now; empty when it can. */
function whyReadOnly(project: ProjectDetail): string {
  if (project.runningOperationId !== null) return "An operation is running. Settings can change again when it has ended.";
  if (project.state === "deleted") return "In the trash: undo the deletion to change settings.";
  if (project.state === "creating" || project.state === "deleting") return `Settings can change once the project is ready; it is ${project.state}.`;
  if (!project.wasEverReady) return "The creation failed: retry or clean up first.";
  return "";
}
