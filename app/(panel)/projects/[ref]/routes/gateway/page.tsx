import type { Metadata } from "next";
import { endBeside, switchTo } from "@/app/actions/gateway-actions";
import { cancel } from "@/app/actions/operation-actions";
import { EquivalenceReport, GeneralDifferences } from "@/components/gateway/equivalence-report";
import { EndBesideButton, SwitchButton } from "@/components/gateway/switch-buttons";
import { PassingOperation } from "@/components/operations/passing-operation";
import { KeyValue } from "@/components/ui/key-value";
import { Notice } from "@/components/ui/notice";
import { Section } from "@/components/ui/page-header";
import { TimeAgo } from "@/components/ui/time-ago";
import { effectiveRoutes } from "@/lib/gateway/precedence";
import { getGateway } from "@/lib/projects/gateway/get-gateway";
import { previewGatewaySwitch } from "@/lib/projects/gateway/switch-gateway";
import type { GatewaySwitchView } from "@/lib/projects/views";
import { getOperation } from "@/lib/projects/get-operation";
import { forPage, openPage } from "@/lib/server/current-actor";
import { gatewayNames } from "@/lib/stack/gateways";
import { loadProject } from "../../load-project";

export const metadata: Metadata = { title: "Gateway" };

export default async function Page({ params }: { params: Promise<{ ref: string }> }) {
  const { ref } = await params;
  const ctx = await openPage("/projects/[ref]/routes/gateway", { ref });
  const [project, view, { settings, options }] = await Promise.all([loadProject(ref), forPage(previewGatewaySwitch(ctx, { ref })), forPage(getGateway(ctx, { ref }))]);
  const operation = view.openOperationId === null ? null : await forPage(getOperation(ctx, view.openOperationId));
  const acts = { switchTo, endBeside };
  const paths = new Map(effectiveRoutes(settings, options).map((route) => [route.id, route.match.path]));
  return (
    <>
      {operation !== null && (
        <PassingOperation operation={operation} label={operation.title} heading={<span className="font-medium">{operation.title}</span>} cancel={project.may.includes("operation.cancel") ? cancel : null} cancelled={`Cancelling. ${gatewayNames[view.serving]} goes on serving.`} />
      )}
      <Section
        title="Gateway"
        hint="What takes every request of this project."
        acts={
          view.maySwitch && (
            <>
              <EndBesideButton view={view} acts={acts} />
              <SwitchButton key={view.serving} view={view} acts={acts} />
            </>
          )
        }
      >
        {view.maySwitch && view.whyNot !== null && operation === null && <Notice tone="info">{view.whyNot}</Notice>}
        <KeyValue pairs={factsOf(view)} />
      </Section>
      <Section title={`What is different with ${gatewayNames[view.to]}`} hint={`For the routes that are in force.${view.to === "kong" ? " What Kong does was tried on Kong 3.9.3, built from its source." : ""}`}>
        <EquivalenceReport report={view.report} nameOf={(id) => paths.get(id) ?? id} />
        <GeneralDifferences report={view.report} />
      </Section>
    </>
  );
}

function factsOf({ serving, usual, beside, keepsSockets }: GatewaySwitchView) {
  return [
    { key: "Serves", value: `${gatewayNames[serving]}, ${serving === usual ? "as the release has it" : `chosen here; the release has ${gatewayNames[usual]}`}` },
    {
      key: "Beside it",
      value:
        beside?.state === "kept" && beside.until !== null ? (
          <>
            {gatewayNames[beside.kind]}, kept for the way back; it ends <TimeAgo isInline at={beside.until} />, with the sockets that are still open on it
          </>
        ) : beside === null ? (
          "None"
        ) : (
          `${gatewayNames[beside.kind]}, while the switch goes on`
        ),
    },
    { key: "In front", value: keepsSockets ? "The edge: a switch loses no request" : "Nothing: a switch stops the project's address for a few seconds" },
  ];
}
