import type { z } from "zod";
import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { ConflictError, InvalidError, UnavailableError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { callFunctionRequest, callFunctionResponse } from "@/lib/access/worker-protocol";
import { askOnce } from "@/lib/adapters/probe/ask-once";
import { localUrl } from "@/lib/projects/create-project";
import { deleteFunctionInput } from "@/lib/projects/inputs";
import { parseSettings } from "@/lib/projects/settings-schema";
import type { SocketTools } from "./socket-tools";

const answerTimeoutMs = 50_000;

type Call = { ctx: VerbContext; tools: SocketTools; input: z.output<typeof callFunctionRequest>; signal: AbortSignal };

/** Calls an edge function through the project's gateway with its publishable key, as a browser of the project's users would. */
export async function callFunction({ ctx, tools, input, signal }: Call): Promise<z.output<typeof callFunctionResponse>> {
  const { ref, name } = parseInput(deleteFunctionInput, input);
  const project = await authorize(ctx, "function.write", ref);
  if (project.state !== "ready") throw new ConflictError("wrong-state", `Functions of ${ref} cannot be called while it is ${project.state}.`);
  const gateway = await ctx.store.db.portAllocation.findUnique({ where: { projectId_purpose: { projectId: project.id, purpose: "gateway" } } });
  if (gateway === null) throw new ConflictError("wrong-state", `${ref} has no gateway port.`);
  const base = localUrl(parseSettings(project.settingsJson).bindAddress, gateway.port);
  const url = functionUrl(base, name, input.path);
  await ctx.store.transaction((tx) => audit(tx, ctx, { action: "function.call", project, target: { kind: "function", id: name }, summary: `Call function ${name} of ${ref}`, detail: { method: input.method } }));
  const { publishableKey } = await tools.secrets.readAll(ctx.store.db, project.id);
  return send(url, { method: input.method, body: input.body, apikey: publishableKey.reveal() }, signal);
}

/** @throws InvalidError for a path that would leave the function. */
function functionUrl(base: string, name: string, path: string): URL {
  const root = `/functions/v1/${name}`;
  const url = new URL(`${root}${path}`, base);
  if (url.origin !== new URL(base).origin || (url.pathname !== root && !url.pathname.startsWith(`${root}/`))) throw new InvalidError({ path: "Use a path below the function." });
  return url;
}

type Sent = { method: z.output<typeof callFunctionRequest>["method"]; body: string; apikey: string };

async function send(url: URL, { method, body, apikey }: Sent, signal: AbortSignal): Promise<z.output<typeof callFunctionResponse>> {
  const hasBody = method !== "GET" && body !== "";
  const headers = { apikey, ...(hasBody ? { "content-type": "application/json" } : {}) };
  try {
    return await askOnce(url, { method, headers, body: hasBody ? body : undefined, timeoutMs: answerTimeoutMs }, signal);
  } catch (cause) {
    throw new UnavailableError(`The function gave no answer: ${cause instanceof Error ? cause.message : "no answer"}.`, { cause });
  }
}
