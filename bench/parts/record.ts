import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { figureRules, type FigureId } from "./figures";
import { isDryRun } from "./settings";
import { median } from "./statistics";

const path = join(import.meta.dirname, "../../docs/benchmarks.json");

const record = z.object({
  id: z.string(), what: z.string(), ours: z.number(), peer: z.number().nullable(), unit: z.string(), ratio: z.number().nullable(), reach: z.string(),
  /** How many times it was measured; `ours` and `peer` are medians. */
  samples: z.number(), at: z.string(),
});
export type FigureRecord = z.infer<typeof record>;

/** Every figure that was ever recorded here, the latest of each id last. */
export function readRecords(): FigureRecord[] {
  return existsSync(path) ? z.array(record).parse(JSON.parse(readFileSync(path, "utf8"))) : [];
}

/** What one run measured: a value per sample, and the peer's beside it where there is one. `note` says what was special about this run. */
export type Measured = { ours: readonly number[]; peer?: readonly number[]; note?: string };

/** Appends the medians of a run to docs/benchmarks.json and says on the terminal what they are. */
export function recordFigure(id: FigureId, { ours, peer, note }: Measured): FigureRecord {
  const rule = figureRules[id];
  const middle = round(median(ours));
  const middleOfPeer = peer === undefined ? null : round(median(peer));
  const entry: FigureRecord = {
    id, what: note === undefined ? rule.what : `${rule.what}. ${note}`, ours: middle, peer: middleOfPeer, unit: rule.unit,
    ratio: middleOfPeer === null ? null : Math.round((middle / middleOfPeer) * 1000) / 1000, reach: rule.reach, samples: ours.length, at: new Date().toISOString(),
  };
  if (!isDryRun) append(entry);
  const samples = `${ours.map(round).join(", ")}${peer === undefined ? "" : ` against ${peer.map(round).join(", ")}`}`;
  console.log(`${rule.isReached(entry.ours, entry.ratio) ? "reached" : "MISSED "} ${id}: ${entry.ours} ${entry.unit}${entry.peer === null ? "" : `, peer ${entry.peer} ${entry.unit}, ratio ${entry.ratio ?? "?"}`} (wanted: ${entry.reach}; samples: ${samples})`);
  return entry;
}

function append(entry: FigureRecord): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `[\n${[...readRecords(), entry].map((line) => `  ${JSON.stringify(line)}`).join(",\n")}\n]\n`);
  renameSync(draft, path);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
