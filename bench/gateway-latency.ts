import { allServices, sampleSecrets } from "@/lib/stack/sample-input.fixture";
import { defaultRelease } from "@/lib/stack/releases";
import type { RouteConfigurationInput } from "@/lib/gateway/envoy-routes";
import { htpasswdLine } from "@/lib/gateway/htpasswd";
import { builtInRoutes } from "@/lib/gateway/routes";
import { plainGateway, unguardedGateway, withGatewayPair, type LatencyBlock, type LoadRequest } from "./parts/gateway-pair";
import { recordFigure } from "./parts/record";
import { rounds } from "./parts/settings";
import { median, ratioInterval } from "./parts/statistics";

const blocksPerRound = 12;
const unguardedBlocksPerRound = 4;
const pairsPerBlock = 2_000;
const warmUpPairs = 4_000;

const secrets = Object.fromEntries(Object.entries(sampleSecrets).map(([name, secret]) => [name, secret?.reveal() ?? ""]));
/** As long as keys are: what is compared and copied takes its time. */
const keys = {
  anon: `${secrets["anonKey"] ?? ""}${"a".repeat(60)}`, serviceRole: `${secrets["serviceRoleKey"] ?? ""}${"b".repeat(60)}`,
  publishable: "sb_publishable_aaaaaaaaaaaaaaaaaaaaaa_bbbbbbbb", secret: "sb_secret_cccccccccccccccccccccc_dddddddd",
  anonToken: `${secrets["anonKeyAsymmetric"] ?? ""}${"c".repeat(120)}`, serviceRoleToken: `${secrets["serviceRoleKeyAsymmetric"] ?? ""}${"d".repeat(120)}`,
  dashboardHtpasswd: htpasswdLine("supabase", "dashboard4password"),
};
const input: RouteConfigurationInput = { routes: builtInRoutes({ enabledServices: allServices, release: defaultRelease }), keys, publicUrl: "http://127.0.0.1:8100", jwks: secrets["jwtJwks"] ?? "" };

/** What an application with supabase-js sends: signed out, signed in, from a server, and to the services without a key check. */
const browser = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "x-client-info": "supabase-js-web/2.119.1", "origin": "https://shop.test", "accept": "application/json" };
const userToken = `Bearer header.${"e".repeat(600)}.signature`;
const requests: LoadRequest[] = [
  { method: "GET", path: "/rest/v1/todos?select=id,title&order=id.desc&limit=20", headers: { ...browser, apikey: keys.publishable, authorization: `Bearer ${keys.publishable}` } },
  { method: "GET", path: "/rest/v1/todos?select=*&owner=eq.1", headers: { ...browser, apikey: keys.publishable, authorization: userToken } },
  { method: "POST", path: "/rest/v1/todos", headers: { ...browser, apikey: keys.publishable, authorization: userToken, "content-type": "application/json" }, body: JSON.stringify({ title: "bread", note: "x".repeat(200) }) },
  { method: "GET", path: "/auth/v1/user", headers: { ...browser, apikey: keys.publishable, authorization: userToken } },
  { method: "GET", path: "/rest/v1/orders?select=*", headers: { apikey: keys.secret, authorization: `Bearer ${keys.secret}` } },
  { method: "GET", path: "/rest/v1/todos?select=*", headers: { ...browser, apikey: keys.anon, authorization: `Bearer ${keys.anon}` } },
  { method: "GET", path: "/storage/v1/object/public/pictures/a.png", headers: browser },
  { method: "POST", path: "/functions/v1/hello", headers: { ...browser, authorization: userToken, "content-type": "application/json" }, body: JSON.stringify({ name: "shop" }) },
];

export async function benchGatewayLatency(): Promise<void> {
  const image = defaultRelease.services.find(({ name }) => name === "api-gw")?.image ?? "";
  const count = (blocks: number) => ({ warmUpPairs, blocks, pairsPerBlock });
  const blocks = await withGatewayPair(image, input, plainGateway(), ({ measure }) => measure(requests, count(rounds * blocksPerRound)));
  const unguarded = await withGatewayPair(image, input, unguardedGateway(), ({ measure }) => measure(requests, count(rounds * unguardedBlocksPerRound)));
  record("gateway-latency", blocks.map(({ p50 }) => p50), unguarded.map(({ p50 }) => p50));
  record("gateway-latency-p99", blocks.map(({ p99 }) => p99), unguarded.map(({ p99 }) => p99));
}

type Pairs = readonly LatencyBlock["p50"][];

function record(id: "gateway-latency" | "gateway-latency-p99", pairs: Pairs, unguarded: Pairs): void {
  const { ours, peer } = sides(pairs);
  const { low, high } = ratioInterval(ours, peer);
  const bare = sides(unguarded);
  const notes = [
    `The ratio lies between ${low.toFixed(3)} and ${high.toFixed(3)} (95 %, bootstrap over ${String(pairs.length)} blocks of ${String(pairsPerBlock)} pairs)`,
    `routes alone, with no filter that checks a key, take ${(median(bare.peer) / median(bare.ours)).toFixed(2)} of what Basehold's take`,
  ];
  recordFigure(id, { ours, peer, note: notes.join("; ") });
}

function sides(pairs: Pairs): { ours: number[]; peer: number[] } {
  return { ours: pairs.map(([ours]) => ours), peer: pairs.map(([, peer]) => peer) };
}
