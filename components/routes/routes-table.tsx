import { Fragment, type ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { cn } from "@/components/ui/class-names";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import type { GatewayRoute } from "@/lib/gateway/routes";
import type { RouteRow } from "./route-rows";
import { accessName, corsText, headerText, limitTexts, pathKindNames, timeoutSentence, timeoutText, upstreamName } from "./route-words";

type RowMark = "added" | "changed";

type TableProps = {
  rows: readonly RouteRow[];
  /** What is closed since is told from what closes then. */
  nowMs: number;
  /** What the draft does to a route, by its id. */
  marks?: Readonly<Record<string, RowMark>>;
  /** Buttons of a row; nothing for who may not edit. */
  acts?(row: RouteRow): ReactNode;
  /** Live figures of a row in cells of their own (requests/s, p50, p95, 4xx, 5xx of the last 5 minutes), with the head cells that name them. */
  live?: { head: ReactNode; of(row: RouteRow): ReactNode };
};

/** Every route of a project in order of precedence: the first that matches a request takes it. */
export function RoutesTable({ rows, marks = {}, nowMs, acts, live }: TableProps) {
  return (
    <Table label="Routes in order of precedence">
      <TableHead>
        <HeadCell className="md:min-w-54">Route</HeadCell>
        <HeadCell className="min-w-32 max-md:hidden">Upstream</HeadCell>
        <HeadCell className="min-w-30 !px-2 max-md:hidden">Access</HeadCell>
        <HeadCell className="min-w-18 !px-2 max-[1400px]:hidden">Timeout</HeadCell>
        <HeadCell className="min-w-40 !px-2 max-[1400px]:hidden">CORS, limits</HeadCell>
        {live?.head}
        {acts && (
          <HeadCell>
            <span className="sr-only">Acts</span>
          </HeadCell>
        )}
      </TableHead>
      <tbody>
        {rows.map((row) => (
          <RouteLine key={row.id} row={row} mark={marks[row.id]} nowMs={nowMs} acts={acts} live={live} />
        ))}
      </tbody>
    </Table>
  );
}

function RouteLine({ row, mark, nowMs, acts, live }: { row: RouteRow; mark: RowMark | undefined; nowMs: number } & Pick<TableProps, "acts" | "live">) {
  const { route } = row;
  const limits = limitTexts(route, nowMs);
  const pages = route.cors === undefined || route.cors === "any" || route.target.kind === "answer" ? null : `CORS: ${corsText(route)}`;
  return (
    <Row className={cn(row.name !== null && "bg-accent-soft/40")}>
      <Cell className="py-2 align-top">
        <RouteName row={row} mark={mark} />
        <p className="mt-1 text-sm text-ink-2 [overflow-wrap:anywhere] md:hidden">
          {upstreamName(route)} · {accessName(route)}
        </p>
        <p className="text-sm text-ink-3 [overflow-wrap:anywhere] min-[1400px]:hidden">{[timeoutSentence(route), ...limits, pages].filter((text) => text !== null).join(" · ")}</p>
      </Cell>
      <Cell className="py-2 align-top max-md:hidden">
        <Upstream route={route} />
      </Cell>
      <Cell className="!px-2 py-2 align-top text-sm max-md:hidden">{accessName(route)}</Cell>
      <Cell className="!px-2 py-2 align-top text-sm max-[1400px]:hidden">{timeoutText(route)}</Cell>
      <Cell className="!px-2 py-2 align-top text-sm max-[1400px]:hidden">
        {[corsText(route), ...limits].map((text) => (
          <p key={text} className="[overflow-wrap:anywhere]">
            {text}
          </p>
        ))}
      </Cell>
      {live?.of(row)}
      {acts && <Cell className="py-1 text-right align-top">{acts(row)}</Cell>}
    </Row>
  );
}

function RouteName({ row: { id, name, route, isEnabled, overridden, permitted, isMcp }, mark }: { row: RouteRow; mark: RowMark | undefined }) {
  const { match } = route;
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        {match.methods && <span className="font-mono text-xs text-ink-2">{match.methods.join(" ")}</span>}
        <span className="text-xs text-ink-3">{pathKindNames[match.kind]}</span>
        <span className={cn("font-mono text-sm [overflow-wrap:anywhere]", isEnabled ? "font-medium" : "text-ink-3 line-through")}>{breakable(match.path)}</span>
        {!isEnabled && <Badge>Off</Badge>}
        {mark !== undefined && <Badge tone="accent">{mark === "added" ? "Added" : "Changed"}</Badge>}
      </div>
      {match.headers && <p className="font-mono text-xs text-ink-3 [overflow-wrap:anywhere]">{match.headers.map(headerText).join(", ")}</p>}
      {name === null ? (
        <p className="text-xs text-ink-3">
          Built in: <span className="font-mono">{id}</span>
          {overridden.length > 0 && ", changed here"}
          {permitted.length === 0 && !isMcp && ", fixed"}
        </p>
      ) : (
        <bdi className="text-sm text-ink-2 [overflow-wrap:anywhere]">{name}</bdi>
      )}
    </div>
  );
}

/** A path or an address that breaks behind its slashes before it breaks within a word. */
function breakable(path: string): ReactNode {
  return path.split(/(?<=[^/]\/+)(?!\/)/).map((part, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}

function Upstream({ route }: { route: GatewayRoute }) {
  const { target } = route;
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <span className={cn("[overflow-wrap:anywhere]", target.kind === "answer" ? "text-ink-3" : "font-mono text-sm")}>{breakable(upstreamName(route))}</span>
      {target.kind !== "answer" && target.rewrite !== undefined && <span className="font-mono text-xs text-ink-3 [overflow-wrap:anywhere]">as {breakable(target.rewrite)}</span>}
      {target.kind === "external" && target.forwardsCredentials && <span className="text-xs text-warn">with keys, tokens and cookies</span>}
    </div>
  );
}
