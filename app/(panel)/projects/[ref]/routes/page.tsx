import type { Metadata } from "next";
import { applyDraft, discardDraft, importKong, restoreRevision, saveDraft } from "@/app/actions/gateway-actions";
import { cancel } from "@/app/actions/operation-actions";
import { ApplyOutcome, ApplyProgress } from "@/components/routes/apply-progress";
import { DraftBar } from "@/components/routes/draft-bar";
import { GatewayHealth } from "@/components/routes/gateway-health";
import { kongTellsNot } from "@/components/routes/health-words";
import { firstRows, MoreRows } from "@/components/routes/more-rows";
import { RevisionsList } from "@/components/routes/revisions-list";
import { NumberCells, NumberHeads, RouteNumbersProvider } from "@/components/routes/route-numbers";
import { marksOf, neighboursOf, routeRows, type RouteRow } from "@/components/routes/route-rows";
import { RowActs } from "@/components/routes/row-acts";
import { RoutesEditingProvider } from "@/components/routes/routes-editing";
import { RoutesTable } from "@/components/routes/routes-table";
import { RestoreButton, RoutesToolbar } from "@/components/routes/routes-toolbar";
import { LeaveGuard } from "@/components/settings-form/leave-guard";
import { Notice } from "@/components/ui/notice";
import { Section } from "@/components/ui/page-header";
import { permittedOverrides } from "@/lib/gateway/overrides";
import { getGateway } from "@/lib/projects/gateway/get-gateway";
import { getOperation } from "@/lib/projects/get-operation";
import type { ProjectDetail } from "@/lib/projects/views";
import { forPage, openPage } from "@/lib/server/current-actor";
import { loadProject } from "../load-project";

export const metadata: Metadata = { title: "Routes" };

type PageProps = { params: Promise<{ ref: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Page({ params, searchParams }: PageProps) {
  const { ref } = await params;
  const ctx = await openPage("/projects/[ref]/routes", { ref });
  const [project, view] = await Promise.all([loadProject(ref), forPage(getGateway(ctx, { ref }))]);
  const operation = view.openOperationId === null ? null : await forPage(getOperation(ctx, view.openOperationId));
  const [newest = null] = view.revisions;
  const settings = view.draft?.settings ?? view.settings;
  const rows = routeRows(settings, view.options, permittedOverrides);
  const shown = firstRows(rows, (await searchParams)["rows"] === "all");
  const isLocked = operation !== null;
  return (
    <LeaveGuard>
      <RoutesEditingProvider view={view} acts={{ saveDraft, discardDraft, applyDraft, restore: restoreRevision, importKong, cancel }} isLocked={isLocked}>
        {operation !== null && newest !== null && <ApplyProgress operation={operation} number={newest.number} />}
        <ApplyOutcome newest={newest} isApplying={isLocked} draft={view.draft} />
        {view.draft !== null && <DraftBar key={view.draft.version} draft={view.draft} whyNot={whyNotNow(project)} />}
        {isRunning(project) && <GatewayHealth projectRef={ref} />}
        <Section title="Routes" hint={view.draft === null ? "From top to bottom: the first that matches a request takes it." : "As the draft has them. The first that matches a request takes it."} acts={<RoutesToolbar />}>
          {settings.ownRoutes.length === 0 && <Notice tone="info">These routes come with the release. Add one to lead a path somewhere else, or change the limits of one that is here.</Notice>}
          <RouteNumbersProvider projectRef={ref}>
            <RoutesTable
              rows={shown}
              nowMs={ctx.now().getTime()}
              marks={view.draft === null ? {} : marksOf(view.draft.changes)}
              acts={view.mayEdit ? (row) => <ActsOf row={row} rows={rows} /> : undefined}
              live={{ head: <NumberHeads />, of: (row) => <NumberCells routeId={row.route.id} /> }}
            />
          </RouteNumbersProvider>
          {shown.length < rows.length && <MoreRows href="?rows=all" shown={shown.length} total={rows.length} />}
          {project.gateway === "kong" && <p className="text-sm text-ink-3 max-xl:hidden">{kongTellsNot.latency}</p>}
        </Section>
        <Section title="Revisions" hint="Every version is kept.">
          <RevisionsList revisions={view.revisions} isUntouched={view.revision === null} restore={(number) => <RestoreButton number={number} />} />
        </Section>
      </RoutesEditingProvider>
    </LeaveGuard>
  );
}

/** Whether there is a gateway to ask. */
function isRunning({ state, wasEverReady }: ProjectDetail): boolean {
  return wasEverReady && state !== "paused" && state !== "deleted" && state !== "deleting";
}

/** Why nothing can be applied now; empty when it can. */
function whyNotNow({ state, runningOperationId }: ProjectDetail): string {
  // Degraded and unknown are what was seen of a project that is ready.
  if (!["ready", "degraded", "unknown"].includes(state)) return `A draft can be applied while the project is ready; it is ${state}. The draft stays.`;
  return runningOperationId === null ? "" : "An operation is running on this project. The draft can be applied when it has ended.";
}

function ActsOf({ row, rows }: { row: RouteRow; rows: readonly RouteRow[] }) {
  const isOwn = row.name !== null;
  if (!isOwn && !row.isMcp && row.permitted.length === 0) return null;
  const label = row.name ?? row.route.match.path;
  return <RowActs id={row.id} label={label} isOwn={isOwn} {...neighboursOf(row, rows)} target={row.isMcp ? { kind: "mcp" } : isOwn ? { kind: "own", id: row.id } : { kind: "built-in", id: row.id }} />;
}
