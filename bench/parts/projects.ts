import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { ask, panelAddress, type BenchPanel } from "./panel";

const limitMs = 10 * 60_000;

type OperationAnswer = { status: string; failure: { sentence: string } | null; steps: { key: string; startedAt: string | null; finishedAt: string | null }[] };

/** Waits until an operation has ended, and well, on the stream of events that its page follows too. */
export async function waitUntilDone(panel: BenchPanel, operationId: string): Promise<OperationAnswer> {
  const headers = { cookie: panel.cookie, accept: "text/event-stream" };
  const response = await fetch(`${panelAddress}/api/v1/operations/${operationId}/events`, { headers, signal: AbortSignal.timeout(limitMs) });
  if (!response.ok || response.body === null) throw new Error(`The operation's events answered ${response.status}.`);
  let tail = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    tail = (tail + text).slice(-1_000);
    if (/event: end\n/.test(tail)) break;
  }
  const operation = await ask<OperationAnswer>(panel, "GET", `/api/v1/operations/${operationId}`);
  if (operation.status !== "done") throw new Error(`The operation ended as ${operation.status}: ${operation.failure?.sentence ?? ""}`);
  tellSteps(operation);
  return operation;
}

/** With `BENCH_STEPS` in the environment: how long each step took, on the terminal. */
function tellSteps({ steps }: OperationAnswer): void {
  if (process.env["BENCH_STEPS"] === undefined) return;
  console.log(steps.map((step) => `${step.key} ${((Date.parse(step.finishedAt ?? "") - Date.parse(step.startedAt ?? "")) / 1000).toFixed(2)} s`).join(", "));
}

/** Creates a project and waits until its contract is green. Returns seconds from the request on. */
export async function createProject(panel: BenchPanel, displayName: string): Promise<{ ref: string; seconds: number }> {
  const startedAt = performance.now();
  const { ref, operationId } = await ask<{ ref: string; operationId: string }>(panel, "POST", "/api/v1/projects", { displayName });
  await waitUntilDone(panel, operationId);
  const seconds = (performance.now() - startedAt) / 1000;
  return { ref, seconds };
}

/** Deletes a project and purges it with all its data. */
export async function removeProject(panel: BenchPanel, ref: string): Promise<void> {
  const deletion = await ask<{ operationId: string }>(panel, "DELETE", `/api/v1/projects/${ref}`, { confirmName: ref });
  await waitUntilDone(panel, deletion.operationId);
  const purge = await ask<{ operationId: string }>(panel, "POST", `/api/v1/projects/${ref}/purge`, { confirmName: ref });
  await waitUntilDone(panel, purge.operationId);
}

/** Exports a project and saves the archive. */
export async function exportProject(panel: BenchPanel, ref: string, archivePath: string): Promise<void> {
  const { operationId } = await ask<{ operationId: string }>(panel, "POST", `/api/v1/projects/${ref}/export`);
  await waitUntilDone(panel, operationId);
  const response = await fetch(`${panelAddress}/api/v1/operations/${operationId}/download`, { headers: { cookie: panel.cookie } });
  if (!response.ok || response.body === null) throw new Error(`The export could not be fetched: ${response.status}.`);
  await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), createWriteStream(archivePath, { mode: 0o600 }));
}
