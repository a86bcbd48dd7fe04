import { afterAll, beforeAll, expect, test } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { parseAccessLog } from "./access-log";
import { renderEnvoy } from "./envoy";
import { startEchoUpstreams, startEnvoy, type Echo, type RunningEnvoy, type Sent } from "./envoy-process.fixture";
import { htpasswdLine } from "./htpasswd";
import { effectiveRoutes } from "./precedence";
import { defaultGatewaySettings } from "./route-model";

const [anon, service] = ["header.anon-claims.signature_-1", "header.service-claims.signature_-2"];
const keys = {
  anon: null, serviceRole: null, revoked: { "legacy-anon": [anon], "legacy-service": [service] }, publishable: ["sb_publishable_new", "sb_publishable_old"], secret: "sb_secret_one",
  anonToken: "i.anon.s", serviceRoleToken: "i.service.s", dashboardHtpasswd: htpasswdLine("supabase", "pw"),
} as const;

let upstreams: Awaited<ReturnType<typeof startEchoUpstreams>>;
let envoy: RunningEnvoy;
const reached: Echo[] = [];

beforeAll(async () => {
  upstreams = await startEchoUpstreams((echo) => void reached.push(echo) as undefined);
  const routes = effectiveRoutes(defaultGatewaySettings, { enabledServices: allServices, release: { restrictsMetaCors: true } });
  envoy = await startEnvoy(renderEnvoy({ routes, keys, publicUrl: "http://127.0.0.1:8000" }), upstreams.ports);
});
afterAll(async () => {
  await envoy?.stop();
  upstreams?.stop();
});

const escaped = (text: string) => [...text].map((character) => `%${character.charCodeAt(0).toString(16)}`).join("");
const bearer = (key: string): Sent => ({ headers: { authorization: `Bearer ${key}` } });
const beside: Record<string, string> = { apikey: "sb_publishable_new" };

test.each<[string, string, Sent]>([
  ["as apikey on a route that takes keys", "/rest/v1/todos", { headers: { apikey: anon } }],
  ["as apikey on the open routes of Storage", "/storage/v1/object/public/a", { headers: { apikey: service } }],
  ["as the bearer token on Storage", "/storage/v1/bucket", bearer(service)],
  ["as the bearer token of an edge function", "/functions/v1/hello", bearer(anon)],
  ["as the bearer token, in lower case and with spaces", "/functions/v1/hello", { headers: { authorization: `bearer   ${anon}` } }],
  ["as the bearer token beside a valid apikey", "/rest/v1/todos", { headers: { ...beside, authorization: `Bearer ${service}` } }],
  ["in a header that the service reads", "/functions/v1/hello", { headers: { "x-api-key": anon } }],
  ["in the query", `/functions/v1/hello?apikey=${anon}`, {}],
  ["in the query under another name", `/functions/v1/hello?token=${anon}`, {}],
  ["in the query, every character escaped", `/functions/v1/hello?%61pikey=${escaped(anon)}`, {}],
  ["in the query beside a valid apikey", `/rest/v1/todos?apikey=${anon}`, { headers: beside }],
])("a key that was switched off is refused %s", async (_how, path, sent) => {
  reached.length = 0;
  expect((await envoy.ask(path, sent)).status).toBe(401);
  expect(reached).toEqual([]);
});

test("every other key passes as before, both of two that overlap", async () => {
  const status = async (key: string) => (await envoy.ask("/rest/v1/todos", { headers: { apikey: key } })).status;
  expect(await Promise.all(["sb_publishable_new", "sb_publishable_old", "sb_secret_one", "header.other.key"].map(status))).toEqual([200, 200, 200, 401]);
  expect((await envoy.ask("/functions/v1/hello", bearer("a.users.token"))).status).toBe(200);
});

test("a refused key is named by its kind in the log, so that it is still counted, and never by itself", async () => {
  await envoy.ask("/functions/v1/counted", bearer(service));
  const lines = () => envoy.log().split("\n").map(parseAccessLog).filter((entry) => entry?.path === "/functions/v1/counted");
  await expect.poll(lines, { timeout: 30_000 }).toMatchObject([{ key: "legacy-service", status: 401 }]);
  expect(envoy.log()).not.toContain(service);
});
