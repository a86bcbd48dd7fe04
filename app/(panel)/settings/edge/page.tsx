import type { Metadata } from "next";
import { headers } from "next/headers";
import { cancel } from "@/app/actions/operation-actions";
import { editEdge, turnOffEdge, turnOnEdge } from "@/app/actions/installation-actions";
import { AcmeSection } from "@/components/edge/acme-section";
import { EdgeSection } from "@/components/edge/edge-section";
import { EdgeState } from "@/components/edge/edge-state";
import { PanelHostSection } from "@/components/edge/panel-host-section";
import { PortsSection } from "@/components/edge/ports-section";
import { PassingOperation } from "@/components/operations/passing-operation";
import { LookAgain } from "@/components/projects/doors-look";
import { LeaveGuard } from "@/components/settings-form/leave-guard";
import { ButtonLink } from "@/components/ui/button";
import { FailureNote } from "@/components/ui/notice";
import { PageHeader, Section } from "@/components/ui/page-header";
import { UnavailableError } from "@/lib/access/errors";
import { getEdge, type EdgeView } from "@/lib/projects/edge/get-edge";
import { getOperation } from "@/lib/projects/get-operation";
import { forPage, openPage } from "@/lib/server/current-actor";
import { requestAddress } from "@/lib/server/request-address";
import { webConfig } from "@/lib/server/web-config";
import type { WebContext } from "@/lib/server/web-context";

export const metadata: Metadata = { title: "Edge" };

export default async function Page() {
  const ctx = await openPage("/settings/edge");
  const edge = await getEdge(ctx);
  const [operation, sent] = await Promise.all([edge.openOperationId === null ? null : forPage(getOperation(ctx, edge.openOperationId)), headers()]);
  const whyNot = operation === null ? null : "The edge is being changed. Its settings can be changed when that has ended.";
  const shared = { settings: edge.settings, edit: editEdge, whyNot };
  return (
    <>
      <PageHeader title="Edge" acts={edge.isOn && <LookAgain />}>
        <p className="text-ink-2">One proxy in front of all projects: it serves their domains, gets certificates, and can serve the panel itself.</p>
      </PageHeader>
      {operation !== null && <PassingOperation operation={operation} label={operation.title} heading={<span className="font-medium">{operation.title}</span>} cancel={cancel} cancelled="Cancelling. What was changed goes back." />}
      {edge.failure !== null && <Failure failure={edge.failure} />}
      <EdgeSection edge={edge} acts={{ turnOn: turnOnEdge, turnOff: turnOffEdge }} />
      {edge.isOn && <State ctx={ctx} />}
      <LeaveGuard>
        <div>
          <PanelHostSection key={`host ${edge.openOperationId ?? ""}`} {...shared} isOn={edge.isOn} panelUrl={edge.panelUrl} ownUrl={webConfig().url.origin} isThroughEdge={requestAddress(sent).isThroughEdge} />
          <AcmeSection {...shared} />
          <PortsSection {...shared} domains={edge.domains} />
        </div>
      </LeaveGuard>
    </>
  );
}

async function State({ ctx }: { ctx: WebContext }) {
  const seen = await ctx.worker.edge().catch((error: unknown) => {
    if (error instanceof UnavailableError) return error;
    throw error;
  });
  return (
    <Section title="State" hint="Asked of the edge at this moment.">
      {seen instanceof UnavailableError ? <FailureNote what={seen.publicMessage} stillWorks="What the edge serves is served on." todo="Look again when it answers." /> : <EdgeState state={seen} />}
    </Section>
  );
}

function Failure({ failure: { operationId, title, sentence, evidence } }: { failure: NonNullable<EdgeView["failure"]> }) {
  return (
    <FailureNote
      what={sentence}
      stillWorks={`${title}: it was taken back, and what was served before is served on.`}
      technical={evidence.length === 0 ? null : evidence.join("\n")}
      acts={<ButtonLink href={`/operations/${operationId}`}>Open operation</ButtonLink>}
    />
  );
}
