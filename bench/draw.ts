/** Draws docs/benchmarks.md from docs/benchmarks.json. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { figureIds, figureRules } from "./parts/figures";
import { readRecords, type FigureRecord } from "./parts/record";

const root = join(import.meta.dirname, "..");

export function drawBenchmarks(): void {
  const latest = new Map(readRecords().map((entry) => [entry.id, entry]));
  const rows = figureIds.map((id) => latest.get(id)).filter((entry) => entry !== undefined);
  const missing = figureIds.filter((id) => !latest.has(id));
  const lines = [
    "# Benchmarks",
    "",
    "Drawn from [benchmarks.json](benchmarks.json) by `npm run bench` (`bench/draw.ts`); edits are lost. One script per figure lies in [`bench/`](../bench): each measures",
    "Basehold and its peer in the same run, alternating, on a panel of its own. Numbers are medians of the samples; ratio = ours / peer.",
    "",
    "| figure | ours | peer | ratio | reach | reached | samples | measured |",
    "|---|---|---|---|---|---|---|---|",
    ...rows.map(rowOf),
    "",
    ...rows.map((entry) => `* **${entry.id}**: ${entry.what}.`),
    "",
    ...(missing.length === 0 ? [] : [`Not measured yet: ${missing.map((id) => `\`${id}\``).join(", ")}.`, ""]),
  ];
  writeFileSync(join(root, "docs/benchmarks.md"), lines.join("\n"));
}

function rowOf(entry: FigureRecord): string {
  const rule = figureRules[entry.id as keyof typeof figureRules];
  const cells = [
    `\`${entry.id}\``, `${entry.ours} ${entry.unit}`, entry.peer === null ? "–" : `${entry.peer} ${entry.unit}`, entry.ratio === null ? "–" : String(entry.ratio), entry.reach,
    rule.isReached(entry.ours, entry.ratio) ? "yes" : "**no**", String(entry.samples), entry.at.slice(0, 16).replace("T", " "),
  ];
  return `| ${cells.join(" | ")} |`;
}

if (process.argv[1] === import.meta.filename) drawBenchmarks();
