import type { z } from "zod";
import { audit } from "@/lib/access/audit";
import { authorize, authorizeInstallation } from "@/lib/access/authorize";
import { checkDomainRequest, internalRootQuery, type CheckDomainResponse } from "@/lib/access/domain-protocol";
import { doorsQuery, type AllDoorsResponse, type DoorsResponse } from "@/lib/access/doors-protocol";
import { gatewayQuery, type GatewayHealthResponse, type RouteNumbersResponse } from "@/lib/access/gateway-protocol";
import type { EdgeStateResponse } from "@/lib/access/edge-protocol";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { callFunctionRequest, metricsQuery, type callFunctionResponse, type metricsResponse, type recoveryKitResponse, type revealResponse, type revealStudioUserResponse, type workerRoutes } from "@/lib/access/worker-protocol";
import { checkDomain } from "@/lib/projects/domains/check-domain";
import { readInternalRoot } from "@/lib/projects/domains/internal-root";
import { listAllDoors, listProjectDoors } from "@/lib/projects/doors/list-doors";
import { readEdgeState } from "@/lib/projects/edge/read-edge-state";
import { readGatewayHealth } from "@/lib/projects/gateway/read-gateway-health";
import { createProjectInput } from "@/lib/projects/inputs";
import { runPreflight } from "@/lib/projects/preflight";
import { revealInput, revealSecrets } from "@/lib/projects/reveal-secrets";
import { revealStudioUserInput } from "@/lib/projects/studio/inputs";
import { revealStudioUser } from "@/lib/projects/studio/reveal-user";
import type { ProjectPreview } from "@/lib/projects/views";
import { callFunction } from "./call-function";
import type { SocketTools } from "./socket-tools";

export type RouteCall = { ctx: VerbContext; tools: SocketTools; query: Record<string, string>; body: unknown; signal: AbortSignal };

type AnswerRoute = Exclude<keyof typeof workerRoutes, "logs" | "export" | "health" | "studioAccess">;

/** The routes that answer with one JSON object. Each authorises by itself, whatever web has checked before. */
export const answerRoutes: Record<AnswerRoute, (call: RouteCall) => Promise<unknown>> = {
  reveal: async ({ ctx, tools, body }): Promise<z.output<typeof revealResponse>> => ({ values: await revealSecrets(ctx, tools.secrets, parseInput(revealInput, body)) }),

  async preflight({ ctx, tools, body, signal }): Promise<ProjectPreview> {
    await authorizeInstallation(ctx, "project.create");
    return runPreflight(tools, parseInput(createProjectInput, body), signal);
  },

  callFunction: ({ ctx, tools, body, signal }): Promise<z.output<typeof callFunctionResponse>> => callFunction({ ctx, tools, input: parseInput(callFunctionRequest, body), signal }),

  async recoveryKit({ ctx, tools }): Promise<z.output<typeof recoveryKitResponse>> {
    await authorizeInstallation(ctx, "installation.recovery-kit");
    const text = tools.recoveryKit();
    await ctx.store.transaction((tx) => audit(tx, ctx, { action: "recovery-kit.show", summary: "Show the recovery kit" }));
    return { fileName: `basehold-recovery-kit-${tools.instanceId.slice(0, 6)}.txt`, text };
  },

  async metrics({ ctx, tools, query }): Promise<z.output<typeof metricsResponse>> {
    const { ref } = parseInput(metricsQuery, query);
    const project = await authorize(ctx, "project.see", ref);
    return { series: tools.usage.seriesOf(project.id) };
  },

  async routeNumbers({ ctx, tools, query }): Promise<RouteNumbersResponse> {
    const project = await authorize(ctx, "project.see", parseInput(gatewayQuery, query).ref);
    return { routes: tools.traffic.numbersOf(project.id) };
  },

  revealStudioUser: async ({ ctx, tools, body }): Promise<z.output<typeof revealStudioUserResponse>> => ({ password: await revealStudioUser(ctx, tools.secrets, parseInput(revealStudioUserInput, body)) }),

  gatewayHealth: ({ ctx, tools, query, signal }): Promise<GatewayHealthResponse> => readGatewayHealth(ctx, tools, parseInput(gatewayQuery, query).ref, signal),

  checkDomain: ({ ctx, tools, body, signal }): Promise<CheckDomainResponse> => checkDomain(ctx, tools, parseInput(checkDomainRequest, body), signal),
  internalRoot: ({ ctx, tools, query, signal }): Promise<{ pem: string | null }> => readInternalRoot(ctx, tools, parseInput(internalRootQuery, query).ref, signal),

  doors: ({ ctx, tools, query, signal }): Promise<DoorsResponse> => listProjectDoors(ctx, tools, parseInput(doorsQuery, query).ref, signal),
  edge: ({ ctx, tools, signal }): Promise<EdgeStateResponse> => readEdgeState(ctx, tools, signal),
  allDoors: ({ ctx, tools, signal }): Promise<AllDoorsResponse> => listAllDoors(ctx, tools, signal),
};
