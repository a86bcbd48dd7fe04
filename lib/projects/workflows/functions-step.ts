import { z } from "zod";
import { LABEL } from "@/lib/engine/observed";
import type { Step, Workflow } from "@/lib/operations/types";
import { parseSettings } from "../settings-schema";
import { applyStack, type EventSink } from "./apply-stack";
import { loadProject } from "./load-stack";
import { setProjectState } from "./settle";
import type { WorkflowTools } from "./tools";

/** Where the runtime looks for functions: one folder each, in the project's `functions` volume. */
const functionsRoot = "/home/deno/functions";

const storedFiles = z.array(z.object({ path: z.string(), contentBase64: z.string() }));

type Target = { projectId: string; operationId: string };

/** Puts every function version that is wished for and not yet deployed into the project's volume, then restarts the runtime once. */
export function functionsStep<Input extends { projectId: string }>(tools: WorkflowTools): Step<Input> {
  return {
    key: "functions",
    title: "Deploy edge functions",
    timeoutMs: 3 * 60_000,
    isCancellable: true,
    run: ({ operation, input: { projectId }, emit }, signal) => deployPending(tools, { projectId, operationId: operation.id }, emit, signal),
  };
}

async function deployPending(tools: WorkflowTools, target: Target, emit: EventSink, signal: AbortSignal): Promise<{ deployed: string[] }> {
  const project = await loadProject(tools, target.projectId);
  if (!parseSettings(project.settingsJson).services.includes("functions")) return { deployed: [] };
  const pending = await listPending(tools, target.projectId);
  if (pending.length === 0) return { deployed: [] };
  // A worker that died here may have left the runtime stopped.
  if ((await findRuntime(tools, target.projectId, signal)) === undefined) await applyStack(tools, { ...target, goal: "run" }, emit, signal);
  const containerId = await findRuntime(tools, target.projectId, signal);
  if (containerId === undefined) throw new Error("The functions service does not run. Reconcile the project and try again.");
  for (const fn of pending) {
    await replaceFolder(tools, containerId, fn, signal);
    emit({ level: "info", message: fn.isDeleted ? `${fn.name} is taken out` : `${fn.name} version ${fn.version} is in place`, current: null, total: null, detail: null });
  }
  await tools.engine.stopContainer(containerId, { graceMs: 5_000 }, signal);
  await applyStack(tools, { ...target, goal: "run" }, emit, signal);
  await tools.store.transaction((tx) => tx.edgeFunction.updateMany({ where: { id: { in: pending.map((fn) => fn.id) } }, data: { deployedAt: tools.now() } }));
  return { deployed: pending.map((fn) => fn.name) };
}

async function listPending(tools: WorkflowTools, projectId: string) {
  const rows = await tools.store.db.edgeFunction.findMany({ where: { projectId }, orderBy: [{ name: "asc" }, { version: "desc" }] });
  return rows.filter((row, index) => rows[index - 1]?.name !== row.name && row.deployedAt === null);
}

async function findRuntime(tools: WorkflowTools, projectId: string, signal: AbortSignal): Promise<string | undefined> {
  const { containers } = await tools.engine.observe({ instanceId: tools.instanceId, projectId, imageRefs: [] }, signal);
  return containers.find((container) => container.labels[LABEL.service] === "functions" && container.state === "running")?.id;
}

type StoredFunction = { name: string; filesJson: string; isDeleted: boolean };

async function replaceFolder(tools: WorkflowTools, containerId: string, fn: StoredFunction, signal: AbortSignal): Promise<void> {
  const folder = `${functionsRoot}/${fn.name}`;
  const removed = await tools.engine.exec(containerId, ["rm", "-rf", "--", folder], { timeoutMs: 30_000 }, signal);
  if (removed.exitCode !== 0) throw new Error(`The old files of ${fn.name} could not be removed: ${removed.stderr.slice(0, 300)}`);
  if (fn.isDeleted) return;
  const files = storedFiles.parse(JSON.parse(fn.filesJson));
  const archive = await tools.packTar(files.map((file) => ({ path: `${fn.name}/${file.path}`, content: Buffer.from(file.contentBase64, "base64"), mode: 0o644 })));
  await tools.engine.uploadArchive(containerId, functionsRoot, archive, signal);
}

const functionInput = z.object({ projectId: z.string(), name: z.string(), version: z.number() });

/** Deploys or removes one function; both come down to what is pending in the store. */
export function functionWorkflow(tools: WorkflowTools, kind: "function.deploy" | "function.delete"): Workflow<z.infer<typeof functionInput>> {
  return {
    kind,
    parseInput: (json) => functionInput.parse(json),
    onFailure: "hold",
    steps: [functionsStep(tools)],
    async settle({ input: { projectId }, outcome }, tx) {
      if (outcome === "done") await setProjectState(tx, projectId, "ready", null);
    },
  };
}
