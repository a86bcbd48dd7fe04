import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EdgeScene, openDomain, send } from "@/lib/adapters/edge/edge-scene.fixture";
import { toEdgeStudio } from "@/lib/projects/edge/edge-studio";
import { getRelease } from "@/lib/stack/releases";
import { sampleInput, sampleSecrets, sampleSettings } from "@/lib/stack/sample-input.fixture";
import { gatewayInput } from "@/lib/stack/services/gateway";
import { defaultStudioSettings, type StudioSettings } from "@/lib/stack/settings";
import { renderEnvoy } from "./envoy";
import { startEchoUpstreams, startEnvoy, type Echo, type RunningEnvoy } from "./envoy-process.fixture";
import { pathOf, sampleOwnRoute } from "./own-route.fixture";
import { defaultGatewaySettings, type OwnRoute } from "./route-model";

/** The real edge in front of the real Envoy, both as a project with such an own route gives them: what the edge lets past itself is still Studio's. */
const scene = new EdgeScene();
let upstreams: Awaited<ReturnType<typeof startEchoUpstreams>>;
let envoy: RunningEnvoy;
let localPort = 0;

const revealed = Object.fromEntries(Object.entries(sampleSecrets).map(([name, secret]) => [name, secret?.reveal() ?? null])) as Parameters<typeof gatewayInput>[0]["secrets"];
const release = getRelease(sampleSettings.release);
const basic = `Basic ${Buffer.from(`${sampleSecrets.dashboardUsername.reveal()}:${sampleSecrets.dashboardPassword.reveal()}`).toString("base64")}`;

function render(studio: StudioSettings, ownRoutes: OwnRoute[]) {
  if (release === undefined) throw new Error("The sample has no release.");
  const settings = { ...sampleSettings, studio };
  const gateway = { ...defaultGatewaySettings, ownRoutes };
  const input = { ...sampleInput, settings, gateway, ports: { ...sampleInput.ports, gatewayInner: 27_100 } };
  return { envoy: renderEnvoy(gatewayInput({ input, secrets: revealed, release })), edge: toEdgeStudio({ id: sampleInput.projectId, settingsJson: JSON.stringify(settings), gatewayRevision: null }, settings, { gateway, door: null }) };
}

beforeAll(async () => {
  await scene.start();
  upstreams = await startEchoUpstreams();
  envoy = await startEnvoy(render(defaultStudioSettings, []).envoy, upstreams.ports);
});
afterAll(async () => {
  await envoy?.stop();
  upstreams?.stop();
  await scene.stop();
});

async function put(parts: Partial<StudioSettings>, match: OwnRoute["match"]): Promise<void> {
  const { envoy: gateway, edge } = render({ ...defaultStudioSettings, ...parts }, [sampleOwnRoute({ match, access: "any-key" })]);
  await envoy.apply(gateway);
  const project = await scene.project("a", `127.0.0.1:${String(envoy.port)}`, { studio: edge, domains: [openDomain("api.test"), openDomain("studio.test", { kind: "studio" })] });
  localPort = project.localListen.port;
  await scene.load([project]);
}

const statusOf = async (path: string, host?: string) => (await send({ port: host === undefined ? localPort : scene.httpPort, host, path, headers: { authorization: basic } })).status;
const onHeader = { ...pathOf("prefix", "/project/"), headers: [{ kind: "exact" as const, name: "x-never", value: "sent" }] };
const matches: [string, OwnRoute["match"]][] = [["asks for a header", onHeader], ["is an expression", pathOf("regex", "/pro(duct|ject-list)s?/[0-9]+")], ["is an expression that the edge tells widely", pathOf("regex", "/\\Qproduct\\E/[0-9]+")]];

describe.each(matches)("beside an own route that %s", (_which, match) => {
  test("Studio answers whoever has its password", async () => {
    await put({}, match);
    const reply = await send({ port: localPort, path: "/project/default", headers: { authorization: basic } });
    expect([reply.status, (JSON.parse(reply.body) as Echo).service]).toEqual([200, "studio"]);
  });

  test("its networks keep everybody else out, and a forged address does not pass", async () => {
    await put({ allowedNetworks: ["203.0.113.0/24"] }, match);
    for (const path of ["/project/default", "/", "/product/x", "/foo"]) expect(await statusOf(path), path).toBe(403);
    expect((await send({ port: localPort, path: "/project/default", headers: { authorization: basic, "x-forwarded-for": "203.0.113.5" } })).status).toBe(403);
    await put({ allowedNetworks: ["127.0.0.0/8"] }, match);
    expect(await statusOf("/project/default")).toBe(200);
  });

  test("it answers at no address where it is switched off, and on at its own", async () => {
    await put({ isOnApiNames: false, isOnLocalAddress: false }, match);
    // 404 by the edge, 403 by the gateway.
    for (const path of ["/project/default", "/", "/product/x"]) for (const host of [undefined, "api.test"]) expect([403, 404], path).toContain(await statusOf(path, host));
    expect(await statusOf("/project/default", "studio.test")).toBe(200);
  });
});
