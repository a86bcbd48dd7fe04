"use client";
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import type { UsageRow } from "./usage-rows";

/** Told apart by colour and by dash, so that colour alone carries nothing. */
const strokes = [
  { color: "light-dark(#433fa3, #aaa8f7)", dash: "" },
  { color: "light-dark(#0b6f63, #5fd0bf)", dash: "6 3" },
  { color: "light-dark(#9a4a00, #f0a860)", dash: "2 3" },
  { color: "light-dark(#a3246c, #f08fc4)", dash: "8 3 2 3" },
  { color: "light-dark(#19599f, #86b9f6)", dash: "" },
  { color: "light-dark(#5b6b0b, #c2d35f)", dash: "6 3" },
] as const;

type ChartProps = { title: string; unit: "MiB" | "cores"; rows: readonly UsageRow[]; services: readonly string[]; isTable: boolean };

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const shortAxisMs = 4 * 60_000;
const exactClock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

const figure = (value: number | null | undefined, unit: ChartProps["unit"]) => (value === null || value === undefined ? "–" : unit === "MiB" ? `${value.toFixed(0)} MiB` : `${value.toFixed(2)} cores`);
const strokeOf = (index: number) => strokes[index % strokes.length] ?? strokes[0];

/** One chart of the pair, or its table. The crosshair is shared by both. */
export function UsageChart({ title, unit, rows, services, isTable }: ChartProps) {
  return (
    <figure className="flex min-w-0 flex-col gap-2 rounded border border-line bg-surface p-4">
      <figcaption className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <span className="font-medium">
          {title} <span className="font-normal text-ink-3">{unit}, last 15 minutes</span>
        </span>
      </figcaption>
      {isTable ? <UsageTable title={title} unit={unit} rows={rows} services={services} /> : <UsageLines unit={unit} rows={rows} services={services} />}
    </figure>
  );
}

function UsageLines({ unit, rows, services }: Omit<ChartProps, "title" | "isTable">) {
  const latest = rows.at(-1);
  // Minutes alone would repeat themselves along a short axis.
  const isShort = Number(latest?.atMs ?? 0) - Number(rows[0]?.atMs ?? 0) < shortAxisMs;
  const format = isShort ? exactClock : clock;
  return (
    <>
      <div className="h-44">
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={[...rows]} syncId="usage" margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis dataKey="atMs" type="number" domain={["dataMin", "dataMax"]} tickFormatter={(value: number) => format.format(value)} stroke="var(--ink-3)" fontSize={12} tickLine={false} minTickGap={40} />
            <YAxis width={48} stroke="var(--ink-3)" fontSize={12} tickLine={false} axisLine={false} tickFormatter={(value: number) => (unit === "MiB" ? value.toFixed(0) : value.toFixed(value < 0.1 ? 3 : 2))} />
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: "var(--ink-3)", strokeDasharray: "2 2" }}
              contentStyle={{ background: "var(--raised)", border: "1px solid var(--line)", borderRadius: 6, fontSize: 12, padding: "6px 8px" }}
              itemStyle={{ color: "var(--ink)", padding: 0 }}
              labelFormatter={(value) => exactClock.format(Number(value))}
              formatter={(value, name) => [figure(typeof value === "number" ? value : null, unit), name]}
            />
            {services.map((service, index) => (
              <Line key={service} dataKey={service} type="linear" dot={false} isAnimationActive={false} connectNulls={false} stroke={strokeOf(index).color} strokeDasharray={strokeOf(index).dash} strokeWidth={1.5} />
            ))}
          </LineChart>
        </ResponsiveContainer>
      </div>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
        {services.map((service, index) => (
          <li key={service} className="inline-flex items-center gap-1.5">
            <svg aria-hidden width="18" height="6">
              <line x1="0" y1="3" x2="18" y2="3" stroke={strokeOf(index).color} strokeDasharray={strokeOf(index).dash} strokeWidth="2" />
            </svg>
            {service} <span className="text-ink-3">{figure(latest?.[service], unit)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function UsageTable({ title, unit, rows, services }: Omit<ChartProps, "isTable">) {
  return (
    <div className="max-h-64 overflow-y-auto">
      <Table label={`${title}, ${unit}`}>
        <TableHead>
          <HeadCell>Time</HeadCell>
          {services.map((service) => (
            <HeadCell key={service} isNumber>
              {service}
            </HeadCell>
          ))}
        </TableHead>
        <tbody>
          {rows.toReversed().map((row) => (
            <Row key={row.atMs}>
              <Cell className="whitespace-nowrap text-sm">{exactClock.format(row.atMs)}</Cell>
              {services.map((service) => (
                <Cell key={service} isNumber className="text-sm">
                  {figure(row[service], unit)}
                </Cell>
              ))}
            </Row>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
