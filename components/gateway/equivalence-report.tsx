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
            <HeadCell>Policy</HeadCell>
            <HeadCell>Envoy</HeadCell>
            <HeadCell>Kong</HeadCell>
            <HeadCell>Routes</HeadCell>
            <HeadCell>What to do</HeadCell>
          </TableHead>
          <tbody>
            {report.differences.map((difference) => (
              <Row key={`${difference.id} ${difference.routeIds.join()}`} className="align-top">
                <Cell className="min-w-32 py-2">
                  <span className="flex flex-col items-start gap-1">
                    {difference.title}
                    {difference.severity === "impossible" && <Badge tone="bad">Not possible</Badge>}
                    {difference.needsOwner === true && <Badge tone="warn">Needs an owner</Badge>}
                  </span>
                </Cell>
                <Cell className="min-w-48 py-2 text-sm text-ink-2">{difference.envoy}</Cell>
                <Cell className="min-w-48 py-2 text-sm text-ink-2">{difference.kong}</Cell>
                <Cell className="min-w-48 py-2 text-sm">
                  <RouteNames names={[...new Set(difference.routeIds.map(nameOf))]} />
                </Cell>
                <Cell className="min-w-40 py-2 text-sm text-ink-2">{difference.wayOut ?? "Nothing."}</Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
    </>
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
        <HeadCell>Of every project</HeadCell>
        <HeadCell>Envoy</HeadCell>
        <HeadCell>Kong</HeadCell>
      </TableHead>
      <tbody>
        {report.general.map((difference) => (
          <Row key={difference.id} className="align-top">
            <Cell className="min-w-32 py-2">{difference.title}</Cell>
            <Cell className="min-w-48 py-2 text-sm text-ink-2">{difference.envoy}</Cell>
            <Cell className="min-w-48 py-2 text-sm text-ink-2">
              {difference.kong} {difference.wayOut}
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}
