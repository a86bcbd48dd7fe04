import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import type { EquivalenceReport as Report } from "@/lib/gateway/equivalence";
import { gatewayNames } from "@/lib/stack/gateways";

/** What would be different with the other gateway: first what it cannot do at all. `nameOf`: a route for people. */
export function EquivalenceReport({ report, nameOf }: { report: Report; nameOf(routeId: string): string }) {
  const name = gatewayNames[report.towards];
  const same = report.routes.filter(({ severity }) => severity === "same").length;
  const isBlocked = report.severity === "impossible";
  return (
    <>
      <Notice tone={isBlocked ? "bad" : report.severity === "differs" ? "warn" : "good"}>
        {isBlocked ? `${name} cannot express every route. Change those marked below, then switch.` : `${same} of ${report.routes.length} routes mean the same on both.${same === report.routes.length ? "" : " What the others do otherwise stands below."}`}
      </Notice>
      {report.differences.length > 0 && (
        <Table label="What is different on some routes">
          <TableHead>
            <HeadCell className="max-md:hidden">Policy</HeadCell>
            <HeadCell className="max-md:hidden">Envoy</HeadCell>
            <HeadCell className="max-md:hidden">Kong</HeadCell>
            <HeadCell className="max-md:hidden">Routes</HeadCell>
            <HeadCell className="max-md:hidden">What to do</HeadCell>
          </TableHead>
          <tbody>
            {report.differences.map((difference) => (
              <Row key={`${difference.id} ${difference.routeIds.join()}`} className={row}>
                <Cell className={`md:min-w-32 ${cell}`}>
                  <span className="flex flex-col items-start gap-1">
                    {difference.title}
                    {difference.severity === "impossible" && <Badge tone="bad">Not possible</Badge>}
                    {difference.needsOwner === true && <Badge tone="warn">Needs an owner</Badge>}
                  </span>
                </Cell>
                <Part name="Envoy">{difference.envoy}</Part>
                <Part name="Kong">{difference.kong}</Part>
                <Part name="Routes">
                  <RouteNames names={[...new Set(difference.routeIds.map(nameOf))]} />
                </Part>
                <Part name="What to do">{difference.wayOut ?? "Nothing."}</Part>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}

/** On narrow screens the cells of a row stand below each other, each with its column's name: beside each other they would be cut. */
const row = "align-top max-md:grid max-md:gap-2 max-md:py-3";
const cell = "py-2 max-md:h-auto max-sm:h-auto max-md:px-4 max-md:py-0";

function Part({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Cell className={`text-sm text-ink-2 [overflow-wrap:anywhere] md:min-w-44 ${cell}`}>
      <span className="block text-ink-3 md:hidden">{name}</span>
      {children}
    </Cell>
  );
}

const namesShown = 4;

/** The routes by their paths; many fold out. */
function RouteNames({ names }: { names: readonly string[] }) {
  const list = names.map((name) => (
    <span key={name} className="block font-mono [overflow-wrap:anywhere]">
      {name}
    </span>
  ));
  if (names.length <= namesShown) return list;
  return (
    <details>
      <summary className="text-ink-2">{names.length} routes</summary>
      {list}
    </details>
  );
}

/** What is never the same, whatever the routes are. */
export function GeneralDifferences({ report }: { report: Report }) {
  return (
    <Table label="What is never the same">
      <TableHead>
        <HeadCell className="max-md:hidden">Of every project</HeadCell>
        <HeadCell className="max-md:hidden">Envoy</HeadCell>
        <HeadCell className="max-md:hidden">Kong</HeadCell>
      </TableHead>
      <tbody>
        {report.general.map((difference) => (
          <Row key={difference.id} className={row}>
            <Cell className={`md:min-w-32 ${cell}`}>{difference.title}</Cell>
            <Part name="Envoy">{difference.envoy}</Part>
            <Part name="Kong">
              {difference.kong} {difference.wayOut}
            </Part>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}
