import { z } from "zod";
import type { NameTrust } from "@/lib/gateway/name-probe";
import { StepFailure } from "@/lib/operations/step-failure";
import type { StepContext, Workflow } from "@/lib/operations/types";
import { edgeChangeSchema, edgeSettingKey, letsEncrypt, readEdgeSetting, type EdgeChange, type EdgeSetting, type PanelHost } from "../edge/edge-setting";
import { writeSetting } from "../installation";
import { syncEdge } from "./follow-with-edge";
import type { WorkflowTools } from "./tools";

const input = z.object({ before: edgeChangeSchema, after: edgeChangeSchema });
type Input = z.infer<typeof input>;

/** An authority answers within seconds; one that is asked for the first time in a while takes longer. */
const certificateDeadlineMs = 90_000;
const pauseBetweenRoundsMs = 500;

/**
 * Changes what the edge serves beside the projects. It is written first, because everything that loads the edge reads the store, and goes
 * back when the edge refuses it or the panel does not answer under its name.
 */
export function editEdgeWorkflow(tools: WorkflowTools): Workflow<Input> {
  return {
    kind: "edge.edit",
    parseInput: (json) => input.parse(json),
    onFailure: "undo",
    steps: [
      {
        key: "serve", title: "Serve what is wanted", timeoutMs: 3 * 60_000, isCancellable: true,
        async run({ input: { after } }, signal) {
          if (after.panelHost !== null && !tools.edge.reachesPanel) throw failure("panel-elsewhere", "The edge runs on another machine than the panel and cannot reach it. Put a proxy beside the panel instead.", false);
          await write(tools, after);
          const { leftOut } = await syncEdge(tools, signal);
          const taken = [after.httpPort, after.httpsPort].filter((port) => leftOut.includes(`:${port}`));
          if (taken.length > 0) throw failure("port-taken", `Port ${taken.join(" and port ")} is held by another program on the engine's host. End that program or choose another port, then retry.`);
        },
        async undo({ input: { before } }, _output, signal) {
          await write(tools, before);
          await syncEdge(tools, signal);
        },
      },
      {
        key: "prove", title: "Ask the panel under its name", timeoutMs: certificateDeadlineMs + 30_000, isCancellable: true,
        run: async (context, signal) => ({ isAsked: await provePanel(tools, context, signal) }),
      },
    ],
    settle: () => Promise.resolve(),
  };
}

async function write({ store, now }: WorkflowTools, change: EdgeChange): Promise<void> {
  await store.transaction(async (tx) => writeSetting(tx, edgeSettingKey, { ...(await readEdgeSetting(tx)), ...change }, now()));
}

function failure(code: string, sentence: string, isRetryable = true, evidence: string[] = []): StepFailure {
  return new StepFailure({ code, sentence, service: null, evidence, isRetryable });
}

/** Asks until the panel answers under its name, its certificate cannot be had, or the time is over. */
async function provePanel(tools: WorkflowTools, { emit }: StepContext<Input>, signal: AbortSignal): Promise<boolean> {
  const setting = await readEdgeSetting(tools.store.db);
  const { panelHost } = setting;
  if (!setting.isOn || panelHost === null) return false;
  const startedAtMs = tools.now().getTime();
  for (;;) {
    const error = await askPanel(tools, setting, panelHost, signal);
    if (error === null) return true;
    emit({ level: "progress", message: `${panelHost.hostname}: ${error}`, current: null, total: null, detail: null });
    const issuance = panelHost.tls === "acme" ? await tools.edge.issuance(panelHost.hostname, signal) : null;
    if (issuance?.state === "failed" && (issuance.atMs ?? 0) >= startedAtMs) throw failure("no-certificate", `No certificate could be got for ${panelHost.hostname}. The name has to lead to this machine, and the authority has to reach its ports 80 and 443.`, true, issuance.detail === null ? [] : [issuance.detail]);
    if (tools.now().getTime() - startedAtMs > certificateDeadlineMs) throw failure("panel-not-proven", `The panel did not answer under ${panelHost.hostname}: ${error}. It stays where it was.`);
    await tools.pause(pauseBetweenRoundsMs, signal);
  }
}

/** null when the panel answered; else why not, in a few words. */
async function askPanel(tools: WorkflowTools, setting: EdgeSetting, { hostname, tls }: PanelHost, signal: AbortSignal): Promise<string | null> {
  const address = { host: "127.0.0.1", port: tls === "none" ? setting.httpPort : setting.httpsPort };
  const trust = await trustOf(tools, setting, tls, signal);
  if (trust === null) return "the edge has not made its authority yet";
  const { status, body, error } = await tools.names.ask({ hostname, path: "/api/health/ready", address, trust }, signal);
  if (error !== null) return error;
  return status === 200 && body.includes('"ok"') ? null : `answered ${status ?? "nothing"}`;
}

/** Of a private ACME server only the root of its own address is known, not the one that it signs with. */
async function trustOf(tools: WorkflowTools, { acme }: EdgeSetting, tls: PanelHost["tls"], signal: AbortSignal): Promise<NameTrust | null> {
  if (tls === "none") return { kind: "no-tls" };
  if (tls === "acme") return acme === null || acme.directoryUrl === letsEncrypt.directoryUrl ? { kind: "system" } : { kind: "names-only" };
  const pem = await tools.edge.internalRoot(signal);
  return pem === null ? null : { kind: "root", pem };
}
