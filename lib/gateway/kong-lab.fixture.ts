import { expect } from "vitest";
import { sampleKeys, type Echo, type RunningKong } from "@/lab/stand-ins/kong/running-kong.fixture";
import type { ServiceName } from "@/lib/stack/desired";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { Secret } from "@/lib/stack/secret-value";
import { contractRequests, judgeContract, prepareRequest, type ContractAnswer, type ContractRequest } from "./contract";
import type { Reply } from "./envoy-process.fixture";
import { renderKong } from "./kong";
import type { KongKeys } from "./kong-consumers";
import { effectiveRoutes } from "./precedence";
import { defaultGatewaySettings, type GatewaySettings } from "./route-model";
import { withStudioOff } from "./studio-rules";

export const routeOptions = { enabledServices: allServices, release: { restrictsMetaCors: true } };
const publicUrl = "http://127.0.0.1:8123";

/** The document that is rendered of these settings, services and keys. */
export const configOf = (settings: Partial<GatewaySettings> = {}, enabledServices: readonly ServiceName[] = allServices, keys: KongKeys = sampleKeys) =>
  renderKong({ routes: effectiveRoutes({ ...defaultGatewaySettings, ...settings }, { ...routeOptions, enabledServices }), keys, publicUrl }).config;
export const config = configOf();
/** As a project behind the edge is given it whose Studio is off one of its addresses. */
export const configWithStudioOff = renderKong({ routes: withStudioOff(effectiveRoutes(defaultGatewaySettings, routeOptions), { isOnApiNames: false, isOnLocalAddress: true }), keys: sampleKeys, publicUrl }).config;

export const [publishable = "", secret = ""] = [sampleKeys.publishable[0], sampleKeys.secret[0]];
const credentials = {
  anonKey: new Secret(sampleKeys.anon), serviceRoleKey: new Secret(sampleKeys.serviceRole), publishableKey: new Secret(sampleKeys.publishable[0] ?? ""), secretKey: new Secret(sampleKeys.secret[0] ?? ""),
  dashboardUsername: new Secret("supabase"), dashboardPassword: new Secret("dashboard4password"),
};

const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };

/** The request as the service behind the gateway saw it. */
export const echoOf = (reply: Reply) => JSON.parse(reply.body) as Echo;

/** What the tests do with a running Kong: ask it for the contract, and put documents in force for a while. */
export function actsOf(kong: () => RunningKong) {
  async function answer(request: ContractRequest): Promise<ContractAnswer> {
    const prepared = prepareRequest(request, credentials);
    const reply = await kong().ask(prepared.path, { method: prepared.method, headers: { ...prepared.headers, ...(prepared.isWebSocket ? upgrade : {}) }, body: prepared.body });
    return { status: reply.status, bodySnippet: reply.body.slice(0, 2000), durationMs: 0 };
  }

  async function failedRequests(enabledServices: readonly ServiceName[]): Promise<string[]> {
    const requests = contractRequests({ enabledServices, release: "v0.8.2", gateway: "kong" });
    const results = judgeContract(await Promise.all(requests.map(async (request) => ({ request, answer: await answer(request) }))));
    return results.filter(({ isPassed }) => !isPassed).map(({ id, expected, received }) => `${id}: ${expected} / ${received}`);
  }

  /** With a document of its own in force, and the default one again afterwards. */
  async function whileApplied(text: string, prove: () => Promise<void>): Promise<void> {
    const applied = await kong().apply(text);
    expect(applied.status, applied.body).toBe(201);
    try {
      await prove();
    } finally {
      await kong().apply(config);
    }
  }

  return { answer, failedRequests, whileApplied };
}
