"use client";
import { FlaskConical, RotateCw } from "lucide-react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Badge } from "@/components/ui/badge";
import { formatBytes, formatCores } from "@/components/ui/format-units";
import { IconButton } from "@/components/ui/icon-button";
import { StateBadge } from "@/components/ui/state-badge";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time-ago";
import type { ServiceObservation } from "@/lib/projects/views";
import { staleAfterMs } from "./project-row";

export type RestartAct = Act<{ ref: string; service: ServiceObservation["service"] }, { operationId: string }>;
type ServicesTableProps = { projectRef: string; services: readonly ServiceObservation[]; observedAt: string | null; restart: RestartAct | null; isRestartable: boolean };

/** What runs: each service with state, image, version, memory, CPU, and how old the observation is. */
export function ServicesTable({ projectRef, services, observedAt, restart, isRestartable }: ServicesTableProps) {
  return (
    <Table label="Services">
      <TableHead>
        <HeadCell>Service</HeadCell>
        <HeadCell>State</HeadCell>
        <HeadCell>Version</HeadCell>
        <HeadCell isNumber>Memory</HeadCell>
        <HeadCell isNumber>CPU</HeadCell>
        <HeadCell>Seen</HeadCell>
        {restart && (
          <HeadCell>
            <span className="sr-only">Acts</span>
          </HeadCell>
        )}
      </TableHead>
      <tbody>
        {services.map((service) => (
          <Row key={service.service}>
            <Cell className="whitespace-nowrap">
              <span className="flex items-center gap-2">
                <span className="font-medium">{service.service}</span>
                {service.standIn && (
                  <Badge tone="accent" icon={<FlaskConical aria-hidden className="size-3.5" />} title={`Runs the lab's stand-in “${service.standIn}”, not the real program.`}>
                    Lab stand-in
                  </Badge>
                )}
              </span>
            </Cell>
            <Cell>
              <StateBadge kind="service" state={service.state} />
            </Cell>
            <Cell className="max-w-60">
              <span title={service.image} className="block truncate font-mono text-sm">
                {service.version}
              </span>
              <span title={service.image} className="block truncate font-mono text-xs text-ink-3">
                {service.image.replace(/:[^:/]+$/, "")}
              </span>
            </Cell>
            <Cell isNumber>
              {service.memoryBytes === null ? "–" : formatBytes(service.memoryBytes)}
              {service.memoryBytes !== null && service.memoryLimitBytes !== null && <span className="text-ink-3"> of {formatBytes(service.memoryLimitBytes)}</span>}
            </Cell>
            <Cell isNumber>{service.cpuCores === null ? "–" : formatCores(service.cpuCores)}</Cell>
            <Cell className="text-sm text-ink-3">{observedAt ? <TimeAgo at={observedAt} staleAfterMs={staleAfterMs} /> : "–"}</Cell>
            {restart && (
              <Cell className="text-right">
                <RestartButton projectRef={projectRef} service={service.service} act={restart} isEnabled={isRestartable} />
              </Cell>
            )}
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function RestartButton({ projectRef, service, act, isEnabled }: { projectRef: string; service: ServiceObservation["service"]; act: RestartAct; isEnabled: boolean }) {
  const { run, isBusy } = useAct(act, { done: `Restarting ${service}.` });
  return <IconButton size="sm" label={`Restart ${service}`} disabled={!isEnabled || isBusy} icon={<RotateCw aria-hidden className="size-4" />} onClick={() => void run({ ref: projectRef, service })} />;
}
