import type { Metadata } from "next";
import Link from "next/link";
import { cancel, retry } from "@/app/actions/operation-actions";
import { cleanUp } from "@/app/actions/project-actions";
import { DownloadButton } from "@/components/operations/download-button";
import { OperationPanel } from "@/components/operations/operation-panel";
import { ButtonLink } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { StateBadge } from "@/components/ui/state-badge";
import { Elapsed, TimeAgo } from "@/components/ui/time-ago";
import { getProject } from "@/lib/projects/get-project";
import type { OperationView, ProjectDetail } from "@/lib/projects/views";
import { forPage, openPage } from "@/lib/server/current-actor";
import { loadOperation } from "./load-operation";

export const metadata: Metadata = { title: "Operation" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await openPage("/operations/[id]");
  const { ctx, operation } = await loadOperation(id);
  const project = operation.projectRef === null ? null : await forPage(getProject(ctx, operation.projectRef));
  return (
    <>
      <PageHeader title={operation.title} meta={<StateBadge kind="operation" state={operation.status} />} acts={<Ways operation={operation} project={project} />}>
        {operation.summary !== null && <p className="[overflow-wrap:anywhere]"><bdi>{operation.summary}</bdi></p>}
        <Story operation={operation} />
      </PageHeader>
      <OperationPanel operation={operation} acts={{ cancel, retry, cleanUp }} isCleanUpOffered={isCleanUpOffered(operation, project)} isProjectLinkShown={false} />
    </>
  );
}

function isCleanUpOffered(operation: OperationView, project: ProjectDetail | null): boolean {
  return operation.kind === "project.create" && operation.status === "failed" && project !== null && !project.wasEverReady && project.may.includes("operation.retry");
}

function Story({ operation }: { operation: OperationView }) {
  return (
    <p className="flex flex-wrap gap-x-3 text-ink-2">
      {operation.projectRef && (
        <Link href={`/projects/${operation.projectRef}`} className="rounded-sm font-mono text-sm leading-5 hover:underline">
          {operation.projectRef}
        </Link>
      )}
      <span>
        by <bdi>{operation.actorName}</bdi>
      </span>
      <TimeAgo at={operation.createdAt} isInline />
      {operation.startedAt && (
        <span>
          {operation.finishedAt ? "took" : "for"} <Elapsed from={operation.startedAt} to={operation.finishedAt} />
        </span>
      )}
    </p>
  );
}

function Ways({ operation, project }: { operation: OperationView; project: ProjectDetail | null }) {
  const isDownloadable = operation.kind === "project.export" && operation.status === "done" && project?.may.includes("project.export");
  return (
    <>
      {isDownloadable && <DownloadButton operationId={operation.id} />}
      {project && (
        <ButtonLink variant={operation.status === "done" && !isDownloadable ? "primary" : "secondary"} href={`/projects/${project.ref}`}>
          Open project
        </ButtonLink>
      )}
    </>
  );
}
