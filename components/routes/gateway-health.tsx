"use client";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/components/ui/class-names";
import { CodeBlock } from "@/components/ui/code-block";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time-ago";
import type { GatewayHealthResponse } from "@/lib/access/gateway-protocol";
import { HealthMark } from "./health-mark";
import { healthFacts, healthVerdict, kongTellsNot } from "./health-words";
import { useGatewayHealth, type HealthLook } from "./use-gateway-health";

/** What the gateway says of itself, at a glance; upstreams and refusals fold out. */
export function GatewayHealth({ projectRef }: { projectRef: string }) {
  const look = useGatewayHealth(projectRef);
  const { health, isAway } = look;
  const facts = healthFacts(health);
  const verdict = health === null ? null : healthVerdict(health);
  return (
    <section aria-label="Gateway health" className="flex min-w-0 flex-col gap-3">
      <dl className={cn("grid grid-cols-2 gap-px overflow-hidden rounded border border-line bg-line sm:grid-cols-3 lg:grid-cols-5", isAway && health !== null && "text-ink-3")}>
        <Fact name="Gateway" className="max-sm:col-span-2">
          <HealthMark look={look} />
        </Fact>
        <Fact name="Configuration in force">
          <span className="font-mono text-sm [overflow-wrap:anywhere]">{facts.configuration}</span>
        </Fact>
        <Fact name="Refused configurations">{facts.refused}</Fact>
        <Fact name="Open connections">{facts.connections}</Fact>
        <Fact name="Failed requests" title="Since the gateway started: no answer from the upstream, or one from 500 on">
          {facts.failed}
        </Fact>
      </dl>
      {isAway && <Away look={look} />}
      {!isAway && verdict !== null && verdict.sentence !== null && <Notice tone={verdict.tone}>{verdict.sentence}</Notice>}
      {/* As high as the line that comes: what arrives moves nothing. */}
      {health === null && !isAway && <div aria-hidden className="h-6 max-sm:h-11" />}
      {health !== null && health.isReachable && <Details health={health} />}
    </section>
  );
}

function Fact({ name, title, className, children }: { name: string; title?: string; className?: string; children: ReactNode }) {
  return (
    <div title={title} className={cn("flex min-w-0 flex-col gap-0.5 bg-surface px-4 py-2.5", className)}>
      <dt className="text-sm text-ink-3">{name}</dt>
      <dd className="min-h-5 font-medium tabular-nums">{children}</dd>
    </div>
  );
}

function Away({ look: { at } }: { look: HealthLook }) {
  return (
    <Notice tone="warn">
      The worker does not answer, so how the gateway is cannot be asked. Requests go on without it.{" "}
      {at !== null && (
        <>
          What is shown was told <TimeAgo at={at} isInline />.
        </>
      )}
    </Notice>
  );
}

function Details({ health: { kind, upstreams, lastRefusals } }: { health: GatewayHealthResponse }) {
  return (
    <details className="group min-w-0">
      <summary className="inline-flex h-6 cursor-pointer items-center gap-1 rounded pr-2 text-sm text-ink-2 hover:text-ink max-sm:h-11">
        <ChevronRight aria-hidden className="size-4 shrink-0 text-ink-3 group-open:rotate-90" />
        {upstreams.length} {upstreams.length === 1 ? "upstream" : "upstreams"}
        {lastRefusals.length > 0 && `, ${lastRefusals.length} ${lastRefusals.length === 1 ? "refusal" : "refusals"} in its log`}
      </summary>
      <div className="mt-2 flex min-w-0 flex-col gap-3">
        <Upstreams upstreams={upstreams} />
        {lastRefusals.length > 0 && (
          <div className="flex flex-col gap-1">
            <p className="text-sm font-medium">Last refusals, from its log</p>
            <CodeBlock text={lastRefusals.join("\n")} label="refusals" isWrapped />
          </div>
        )}
        {kind === "kong" && <p className="text-sm text-ink-3">{kongTellsNot.whoAndWhere}</p>}
      </div>
    </details>
  );
}

function Upstreams({ upstreams }: Pick<GatewayHealthResponse, "upstreams">) {
  if (upstreams.length === 0) return <p className="text-sm text-ink-3">It names no upstream.</p>;
  return (
    <Table label="Upstreams of the gateway">
      <TableHead>
        <HeadCell>Upstream</HeadCell>
        <HeadCell>Addresses</HeadCell>
        <HeadCell isNumber>Connections</HeadCell>
        <HeadCell isNumber>Requests</HeadCell>
        <HeadCell isNumber>Failed</HeadCell>
        <HeadCell isNumber>Failed to connect</HeadCell>
      </TableHead>
      <tbody>
        {upstreams.map(({ name, addresses, activeConnections, requests, failedRequests, failedConnections }) => (
          <Row key={name}>
            <Cell className="font-mono text-sm">{name}</Cell>
            <Cell className="whitespace-nowrap font-mono text-sm">{addresses === null ? <Untold /> : addresses.length === 0 ? <span className="font-sans text-ink-3">none known</span> : addresses.join(", ")}</Cell>
            <Cell isNumber>{activeConnections ?? <Untold />}</Cell>
            <Cell isNumber>{requests.toLocaleString("en-GB")}</Cell>
            <Cell isNumber className={cn(failedRequests > 0 && "text-warn")}>
              {failedRequests.toLocaleString("en-GB")}
            </Cell>
            <Cell isNumber>{failedConnections ?? <Untold />}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function Untold() {
  return <span className="font-sans text-ink-3">not told</span>;
}
