import { Braces } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { call, deploy, remove } from "@/app/actions/function-actions";
import { DeleteFunction } from "@/components/functions/delete-function";
import { DeployButton } from "@/components/functions/deploy-dialog";
import { FunctionCaller } from "@/components/functions/function-caller";
import { FunctionEditor } from "@/components/functions/function-editor";
import { LogViewer } from "@/components/logs/log-viewer";
import { LeaveGuard } from "@/components/settings-form/leave-guard";
import { cn } from "@/components/ui/class-names";
import { ButtonLink } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { formatBytes } from "@/components/ui/format-units";
import { Notice } from "@/components/ui/notice";
import { Section } from "@/components/ui/page-header";
import { readQuery } from "@/components/ui/query-string";
import { TimeAgo } from "@/components/ui/time-ago";
import { listFunctions } from "@/lib/projects/list-functions";
import type { FunctionView, ProjectDetail } from "@/lib/projects/views";
import { forPage, openPage } from "@/lib/server/current-actor";
import { loadProject } from "../load-project";

export const metadata: Metadata = { title: "Functions" };

type Props = { params: Promise<{ ref: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Page({ params, searchParams }: Props) {
  const { ref } = await params;
  const ctx = await openPage("/projects/[ref]/functions", { ref });
  const [project, functions, query] = await Promise.all([loadProject(ref), forPage(listFunctions(ctx, ref)), searchParams]);
  const isEnabled = (project.state === "ready" || project.state === "degraded") && project.runningOperationId === null;
  const wished = readQuery(query, "function");
  const open = functions.find((item) => item.name === wished) ?? functions[0];

  if (!project.settings.services.includes("functions")) {
    return (
      <EmptyState icon={<Braces aria-hidden />} title="Functions are off" act={project.may.includes("project.edit") && <ButtonLink href={`/projects/${ref}/settings`}>Open settings</ButtonLink>}>
        This project runs without the functions service. Add it under Settings, then deploy functions here.
      </EmptyState>
    );
  }
  if (open === undefined) {
    return (
      <EmptyState icon={<Braces aria-hidden />} title="No function yet" act={<DeployButton projectRef={ref} act={deploy} isEnabled={isEnabled} />}>
        Edge functions run beside the database and answer under <span className="font-mono text-sm">/functions/v1/</span>.
      </EmptyState>
    );
  }
  return (
    <LeaveGuard>
      {!isEnabled && <Notice tone="info">{project.runningOperationId === null ? `Functions can change again when the project is ready; it is ${project.state}.` : "An operation is running. Functions can change again when it has ended."}</Notice>}
      <div className="grid min-w-0 items-start gap-6 lg:grid-cols-[15rem_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-3">
          <DeployButton projectRef={ref} act={deploy} isEnabled={isEnabled} />
          <FunctionList projectRef={ref} functions={functions} open={open} />
        </div>
        <OpenFunction key={open.name} project={project} view={open} isEnabled={isEnabled} />
      </div>
    </LeaveGuard>
  );
}

function FunctionList({ projectRef, functions, open }: { projectRef: string; functions: readonly FunctionView[]; open: FunctionView }) {
  return (
    <nav aria-label="Functions" className="flex flex-col divide-y divide-line overflow-hidden rounded border border-line bg-surface">
      {functions.map((item) => (
        <Link
          key={item.name}
          href={`/projects/${projectRef}/functions?function=${item.name}`}
          scroll={false}
          aria-current={item === open ? "page" : undefined}
          className={cn("flex min-h-11 flex-col justify-center px-3 py-1.5 -outline-offset-2", item === open ? "bg-accent-soft" : "hover:bg-hover")}
        >
          <span className={cn("truncate font-mono text-sm", item === open && "font-medium text-accent-ink")}>{item.name}</span>
          <span className="text-xs text-ink-3">
            Version {item.version}, {formatBytes(item.sizeBytes)}
          </span>
        </Link>
      ))}
    </nav>
  );
}

function OpenFunction({ project, view, isEnabled }: { project: ProjectDetail; view: FunctionView; isEnabled: boolean }) {
  const address = `${project.apiUrl}/functions/v1/${view.name}`;
  return (
    <div className="flex min-w-0 flex-col gap-6">
      <Section
        title={<span className="font-mono">{view.name}</span>}
        hint={view.deployedAt ? <>Version {view.version} in force since <TimeAgo at={view.deployedAt} isInline /></> : <>Version {view.version} is not in force yet</>}
        acts={<DeleteFunction projectRef={project.ref} name={view.name} act={remove} isEnabled={isEnabled} />}
      >
        <div className="flex min-h-9 items-center gap-2 rounded border border-line bg-surface pl-3 pr-1">
          <code className="min-w-0 flex-1 font-mono text-sm [overflow-wrap:anywhere]">{address}</code>
          <CopyButton text={address} label="Copy address" />
        </div>
        <FunctionEditor projectRef={project.ref} view={view} act={deploy} isEnabled={isEnabled} />
      </Section>
      <Section title="Call it" hint="Through the gateway, with the publishable key.">
        <FunctionCaller projectRef={project.ref} name={view.name} act={call} />
      </Section>
      <Section title="Log" hint="Of the functions service.">
        <LogViewer projectRef={project.ref} services={["functions"]} service="functions" isCompact />
      </Section>
    </div>
  );
}
