import { cancel, retry } from "@/app/actions/operation-actions";
import { cleanUp, prove, reconcile, restart, reveal } from "@/app/actions/project-actions";
import { ActivityList } from "@/components/activity/activity-list";
import { UsageCharts } from "@/components/charts/usage-charts";
import { expiryWarnings } from "@/components/domains/domain-words";
import { ExpiryBanner } from "@/components/domains/expiry-banner";
import { OperationPanel } from "@/components/operations/operation-panel";
import { ConnectCard } from "@/components/projects/connect-card";
import { ContractTable } from "@/components/projects/contract-table";
import { DriftNote } from "@/components/projects/drift-note";
import { FactsStrip } from "@/components/projects/facts-strip";
import { ProveButton } from "@/components/projects/project-buttons";
import { SecretsProvider } from "@/components/projects/secrets-context";
import { ServicesTable } from "@/components/projects/services-table";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Section } from "@/components/ui/page-header";
import { StateBadge } from "@/components/ui/state-badge";
import { TimeAgo } from "@/components/ui/time-ago";
import { listDomains } from "@/lib/projects/domains/list-domains";
import { getOperation, listOperations } from "@/lib/projects/get-operation";
import { listActivity } from "@/lib/projects/list-activity";
import type { OperationView, ProjectDetail } from "@/lib/projects/views";
import { openPage } from "@/lib/server/current-actor";
import type { WebContext } from "@/lib/server/web-context";
import { loadProject } from "../load-project";

const latestActivity = 5;

export default async function Page({ params }: { params: Promise<{ ref: string }> }) {
  const { ref } = await params;
  const ctx = await openPage("/projects/[ref]", { ref });
  const project = await loadProject(ref);
  const [operation, activity, { domains }] = await Promise.all([operationToShow(ctx, project), listActivity(ctx, { projectRef: ref, limit: latestActivity }), listDomains(ctx, { ref })]);
  const isFree = project.runningOperationId === null;
  const may = (permission: string) => project.may.includes(permission);

  return (
    <>
      <Notes project={project} />
      <ExpiryBanner projectRef={ref} warnings={expiryWarnings(domains)} />
      {operation && <Operation operation={operation} project={project} />}
      {project.wasEverReady && (
        <>
          <FactsStrip project={project} />
          {project.drift.length > 0 && project.state !== "paused" && project.state !== "deleted" && <DriftNote projectRef={ref} drift={project.drift} reconcile={may("project.reconcile") && isFree ? reconcile : null} />}
          <div className="grid min-w-0 items-start gap-6 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <Section title="Connect">
              <SecretsProvider projectRef={ref} act={reveal}>
                <ConnectCard connection={project.connection} mayReveal={may("secret.reveal")} studio={project.settings.services.includes("studio") ? { url: project.apiUrl } : null} />
              </SecretsProvider>
            </Section>
            <Section title="Latest activity" acts={<ButtonLink size="sm" variant="ghost" href={`/projects/${ref}/activity`}>All activity</ButtonLink>}>
              <ActivityList items={activity.items} isProjectShown={false} isCompact />
            </Section>
          </div>
          <Services project={project} />
          {project.state !== "deleted" && project.state !== "paused" && (
            <Section title="Memory and CPU">
              <UsageCharts url={`/api/v1/projects/${ref}/metrics`} />
            </Section>
          )}
          <Contract project={project} />
        </>
      )}
    </>
  );
}

/** The running operation, or the failed creation of a project that was never ready. */
async function operationToShow(ctx: WebContext, project: ProjectDetail): Promise<OperationView | null> {
  if (project.runningOperationId !== null) return getOperation(ctx, project.runningOperationId);
  if (project.state !== "failed") return null;
  const { items } = await listOperations(ctx, { projectRef: project.ref, limit: 10 });
  const failed = items.find((operation) => operation.status === "failed");
  return failed === undefined ? null : getOperation(ctx, failed.id);
}

function Operation({ operation, project }: { operation: OperationView; project: ProjectDetail }) {
  return (
    <Section
      title={operation.title}
      hint={<StateBadge kind="operation" state={operation.status} at={operation.finishedAt ?? operation.startedAt ?? operation.createdAt} />}
      acts={<ButtonLink size="sm" variant="ghost" href={`/operations/${operation.id}`}>Open operation</ButtonLink>}
    >
      <OperationPanel operation={operation} acts={{ cancel, retry, cleanUp }} isCleanUpOffered={isCleanUpOffered(operation, project)} isFullLogShown={false} isProjectLinkShown={false} />
    </Section>
  );
}

function isCleanUpOffered(operation: OperationView, project: ProjectDetail): boolean {
  return operation.kind === "project.create" && operation.status === "failed" && !project.wasEverReady && project.may.includes("operation.retry");
}

function Notes({ project }: { project: ProjectDetail }) {
  const { state, stateReason, ref } = project;
  if (state === "deleted") {
    return (
      <Notice tone="info">
        In the trash. {project.purgeAfter && <>Its data is removed <TimeAgo at={project.purgeAfter} isInline />; until then Undo delete brings the whole project back.</>}
      </Notice>
    );
  }
  if (state === "paused") return <Notice tone="info">Paused: nothing runs and no memory is used. Data, keys, address and ports stay.</Notice>;
  if (state === "unknown") return <Notice tone="warn">{stateReason ?? "The worker has not seen this project for a while."} What you see below is what was last seen. Containers go on as they were.</Notice>;
  if (state === "degraded" && stateReason !== null) return <Notice tone="warn">{stateReason.endsWith(".") ? stateReason : `${stateReason}.`}</Notice>;
  if (state === "ready" && !project.isMailConfigured && project.settings.services.includes("auth")) {
    return (
      <Notice tone="warn" act={project.may.includes("project.edit") && <ButtonLink size="sm" href={`/projects/${ref}/settings#mail`}>Set up mail</ButtonLink>}>
        Sign-ups are confirmed automatically until mail is set up: anyone can sign up with an address that is not theirs.
      </Notice>
    );
  }
  return null;
}

function Services({ project }: { project: ProjectDetail }) {
  const isRestartable = project.runningOperationId === null && ["ready", "degraded", "unknown", "failed"].includes(project.state);
  return (
    <Section title="Services">
      {project.services.length === 0 ? (
        <EmptyState title="Not seen yet">The worker looks at each project every 30 s; services show up here with their state and memory.</EmptyState>
      ) : (
        <ServicesTable projectRef={project.ref} services={project.services} observedAt={project.observedAt} restart={project.may.includes("project.restart") ? restart : null} isRestartable={isRestartable} />
      )}
    </Section>
  );
}

function Contract({ project }: { project: ProjectDetail }) {
  const { contract } = project;
  const isProvable = project.runningOperationId === null && (project.state === "ready" || project.state === "degraded");
  return (
    <Section
      title="Contract"
      hint={contract && <>Requests from outside, with the answers they must get. Ran <TimeAgo at={contract.at} isInline /></>}
      acts={project.may.includes("project.prove") && <ProveButton projectRef={project.ref} act={prove} isEnabled={isProvable} />}
    >
      {contract === null ? <EmptyState title="Not run yet">The contract runs at the end of each operation and shows each request here.</EmptyState> : <ContractTable results={contract.results} />}
    </Section>
  );
}
