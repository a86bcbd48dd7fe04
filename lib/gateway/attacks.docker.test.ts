import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { renderEnvoy } from "./envoy";
import { startEchoUpstreams, startEnvoy, type Echo, type RunningEnvoy } from "./envoy-process.fixture";
import { htpasswdLine } from "./htpasswd";
import { pathOf, sampleOwnRoute } from "./own-route.fixture";
import { effectiveRoutes } from "./precedence";
import { defaultGatewaySettings, parseGatewaySettings, type OwnRoute } from "./route-model";

/**
 * What people try on a gateway. None of it may reach a service that the plain request would not reach: upstreams here say what
 * arrived, so each attack is judged by what came through and not by its status alone.
 */
const keys = {
  anon: "h.anon.s", serviceRole: "h.service.s", publishable: "sb_publishable_one", secret: "sb_secret_one",
  anonToken: "i.anon.s", serviceRoleToken: "i.service.s", dashboardHtpasswd: htpasswdLine("supabase", "pw"),
};
const own = (name: string, path: string, parts: Partial<OwnRoute>) => sampleOwnRoute({ id: `own-${name}`, name, match: pathOf("prefix", path), ...parts });
const ownRoutes = [
  own("listed", "/listed/", { ipAllow: ["203.0.113.0/24"] }),
  own("closed", "/closed/", { access: "denied" }),
  own("login", "/login/", { access: "dashboard" }),
  own("users", "/users/", { access: "user-jwt" }),
];

let upstreams: Awaited<ReturnType<typeof startEchoUpstreams>>;
/** Clients connect to the first themselves; before the second stands one proxy. */
let direct: RunningEnvoy;
let proxied: RunningEnvoy;
const reached: Echo[] = [];

beforeAll(async () => {
  const parsed = parseGatewaySettings({ ...defaultGatewaySettings, ownRoutes });
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
  upstreams = await startEchoUpstreams((echo) => {
    reached.push(echo);
    return undefined;
  });
  const routes = effectiveRoutes(parsed.settings, { enabledServices: allServices, release: { restrictsMetaCors: true } });
  const input = { routes, keys, publicUrl: "http://127.0.0.1:8000", jwks: '{"keys":[{"kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA","alg":"HS256"}]}' };
  direct = await startEnvoy(renderEnvoy(input), upstreams.ports);
  proxied = await startEnvoy(renderEnvoy({ ...input, trustedHops: 1 }), upstreams.ports);
});

afterAll(async () => {
  await direct?.stop();
  await proxied?.stop();
  upstreams?.stop();
});

/** Envoy leaves closing to the client for a second, so the end of an answer is read from the answer. */
function isWhole(answer: string): boolean {
  const [head = "", ...rest] = answer.split("\r\n\r\n");
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  if (rest.length === 0) return false;
  return length === undefined ? answer.endsWith("0\r\n\r\n") : rest.join("\r\n\r\n").length >= Number(length);
}

/** What came through to the upstreams of a request whose bytes are sent exactly as written, and the status of its answer. */
async function sendRaw(lines: string[], body = "", envoy = direct): Promise<{ status: number; came: Echo[] }> {
  reached.length = 0;
  const text = await new Promise<string>((resolve, reject) => {
    let received = "";
    const socket = connect(envoy.port, "127.0.0.1", () => socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1"));
    // Whoever waits for more of a request that is whole has misread it; its connection is given up.
    socket.setTimeout(20_000, () => socket.destroy());
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (isWhole(received)) socket.destroy();
    });
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), came: [...reached] };
}

const get = (target: string, headers: string[] = [], envoy = direct) => sendRaw([`GET ${target} HTTP/1.1`, ...(headers.some((line) => /^host:/i.test(line)) ? [] : ["Host: project.test"]), ...headers, "Connection: close"], "", envoy);

/** Ways to write a path so that a filter and an upstream might read it differently. */
function confusions(path: string): string[] {
  const [, first = "", ...rest] = path.split("/");
  const tail = rest.join("/");
  const encoded = first.replace(/^./, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  const twice = encoded.replace("%", "%25");
  return [
    `/${encoded}/${tail}`, `/${twice}/${tail}`, `//${first}/${tail}`, `/${first}//${tail}`, `/./${first}/${tail}`, `/${first}/./${tail}`, `/x/../${first}/${tail}`, `/%2e/${first}/${tail}`, `/x/%2e%2e/${first}/${tail}`,
    `/${first}/../${first}/${tail}`, `/functions/v1/../../${first}/${tail}`, `/functions/v1/..%2f..%2f${first}/${tail}`, `/functions/v1/%2e%2e/%2e%2e/${first}/${tail}`, `/functions/v1/..;/..;/${first}/${tail}`, `/storage/v1/..%5c..%5c${first}/${tail}`,
    `/storage/v1/..\\..\\${first}/${tail}`, `/auth/v1/verify/../../../${first}/${tail}`, `/${first}%2f${tail}`, `/${first}%5c${tail}`, `\\${first}\\${tail}`, `/${first}/${tail}/`, `/${first}/${tail}//`, `/${first}/${tail}/.`, `/${first}/${tail}%00`, `/${first}/${tail}%20`,
    `/${first}/${tail};x`, `/${first};x/${tail}`, `/${first}/${tail}#x`, `/x#/../${first}/${tail}`, `/${first}/${tail}?x=/functions/v1/`, `/${first.toUpperCase()}/${tail}`, `http://auth:9999/${first}/${tail}`, `http://meta/${first}/${tail}`, `*/${first}/${tail}`, `/%0a/${first}/${tail}`, `/${first}\t/${tail}`,
  ];
}

describe("path confusion", () => {
  const protectedPaths = ["/pg/query", "/rest/v1/todos", "/auth/v1/admin/users", "/graphql/v1", "/realtime/v1/api/ping", "/realtime/v1/websocket", "/realtime/v1/api/tenants/x", "/realtime/v1/api/openapi", "/api/mcp", "/mcp", "/project/default", "/api/platform/profile", "/closed/x", "/login/x", "/listed/x", "/users/x"];
  /** Services that a request without any key may reach, and there only below where each is mounted. */
  const isOpenDoor = ({ service, url }: Echo) => service === "functions" || service === "storage" || (service === "auth" && /^\/(verify|callback|authorize|\.well-known\/|sso\/saml\/(acs|metadata))/.test(url));

  test.each(protectedPaths)("%s is reached without a key in no spelling", async (path) => {
    for (const target of confusions(path)) {
      const { came } = await get(target);
      for (const echo of came) {
        expect(isOpenDoor(echo), `${target} reached ${echo.service} as ${echo.url}`).toBe(true);
        // What an open service is given stays where it is mounted: no dots are left for it to climb by.
        expect(/(^|\/|%2f|\\|%5c)(\.|%2e){2}(\/|%2f|\\|%5c|$)/i.test(echo.url.split("?")[0] ?? ""), `${target} reached ${echo.service} as ${echo.url}`).toBe(false);
        // A route of one's own leads to the functions too: its closed paths must not come out there.
        if (target.startsWith(`/${path.split("/")[1] ?? ""}/`) && echo.service === "functions") expect(echo.url).not.toMatch(/^\/x(\/|$|%|;)/);
      }
    }
  });

  test("with the publishable key administration stays closed in every spelling", async () => {
    for (const path of ["/pg/query", "/realtime/v1/api/tenants/x", "/realtime/v1/api/openapi", "/mcp", "/api/mcp", "/project/default"]) {
      for (const target of confusions(path)) {
        const { came } = await get(target, [`apikey: ${keys.publishable}`]);
        const wrong = came.filter(({ service, url }) => service === "meta" || service === "studio" || (service === "realtime" && /tenants|openapi/.test(url) && !url.startsWith("/socket/")));
        expect(wrong, target).toEqual([]);
      }
    }
  });

  test("the description of REST is closed to the anon key in every spelling", async () => {
    for (const target of ["/rest/v1/", "/rest/v1//", "//rest//v1//", "/rest/v1/.", "/rest/v1/x/..", "/rest/v1/?select=x", "/rest/v1/%2e", "/rest/./v1/", "/%72est/v1/", "/rest/v1/#", "/rest/v1/%2f"]) {
      const { came } = await get(target, [`apikey: ${keys.publishable}`]);
      expect(came.filter(({ service }) => service === "rest"), target).toEqual([]);
    }
  });
});

describe("header smuggling", () => {
  test("two keys at once, an underscore for a hyphen or an internal token open nothing", async () => {
    const tries = [
      [`apikey: ${keys.publishable}`, `apikey: ${keys.secret}`], [`apikey: ${keys.secret}`, `apikey: x`], [`api_key: ${keys.secret}`], [`apikey : ${keys.secret}`], [`apikey:\x0b${keys.secret}`], [`x-api-key: ${keys.secret}`], [`X-Original-URL: /auth/v1/verify`], [`X-Rewrite-URL: /auth/v1/verify`],
      [`apikey: ${keys.serviceRoleToken}`], [`authorization: Bearer ${keys.secret}`], [`x-envoy-original-path: /auth/v1/verify`], [`x-http-method-override: OPTIONS`], [`connection: apikey`, `apikey: x`], [` apikey: ${keys.secret}`],
    ];
    for (const headers of tries) {
      const { status, came } = await get("/pg/query", headers);
      expect([400, 401, 403], headers.join()).toContain(status);
      expect(came, headers.join()).toEqual([]);
    }
  });

  test("a request hidden in the body of another reaches nobody", async () => {
    const hidden = `GET /pg/query HTTP/1.1\r\nHost: x\r\napikey: ${keys.secret}\r\n\r\n`;
    const both = await sendRaw(["POST /functions/v1/x HTTP/1.1", "Host: x", "Content-Length: 5", "Transfer-Encoding: chunked", "Connection: close"], `0\r\n\r\n${hidden}`);
    expect([both.status, both.came]).toEqual([400, []]);
    const twice = await sendRaw(["POST /functions/v1/x HTTP/1.1", "Host: x", "Content-Length: 0", `Content-Length: ${hidden.length}`, "Connection: close"], hidden);
    expect([twice.status, twice.came]).toEqual([400, []]);
    for (const coding of ["xchunked", "chunked, identity", "\x0bchunked"]) {
      const obscure = await sendRaw(["POST /functions/v1/x HTTP/1.1", "Host: x", `Transfer-Encoding: ${coding}`, "Connection: close"], `0\r\n\r\n${hidden}`);
      expect(obscure.came.filter(({ service }) => service === "meta"), coding).toEqual([]);
      expect(obscure.status, coding).toBeGreaterThanOrEqual(400);
    }
  });

  test("a preflight carries nobody past a key", async () => {
    const { status, came } = await sendRaw(["OPTIONS /pg/query HTTP/1.1", "Host: x", "Origin: https://evil.example.com", "Access-Control-Request-Method: POST", "Connection: close"]);
    expect([status, came]).toEqual([401, []]);
  });

  test("a TRACE or an invented method is judged as any other", async () => {
    for (const method of ["TRACE", "CONNECT", "BREW", "PROPFIND"]) {
      const { came } = await sendRaw([`${method} /pg/query HTTP/1.1`, "Host: x", "Connection: close"]);
      expect(came, method).toEqual([]);
    }
  });
});

describe("keys in the query and in the header", () => {
  test("the header decides where both are sent, and the query is never a second chance", async () => {
    const ask = async (header: string, query: string) => (await get(`/pg/query?apikey=${query}`, [`apikey: ${header}`])).status;
    expect([await ask("wrong", keys.secret), await ask(keys.publishable, keys.secret), await ask("", keys.secret), await ask(keys.secret, "wrong")]).toEqual([401, 403, 401, 200]);
  });

  test("of two keys in the query the first decides, and what the upstream is told fits it", async () => {
    expect((await get(`/pg/query?apikey=${keys.publishable}&apikey=${keys.secret}`)).status).toBe(403);
    const { came } = await get(`/rest/v1/todos?apikey=${keys.publishable}&apikey=${keys.secret}`);
    expect(came[0]?.headers.authorization).toBe(`Bearer ${keys.anonToken}`);
    expect(came[0]?.url).not.toContain(keys.serviceRoleToken);
  });

  test("an escaped or misspelt name is no key", async () => {
    for (const query of [`%61pikey=${keys.secret}`, `APIKEY=${keys.secret}`, `apikey[]=${keys.secret}`, `x=1;apikey=${keys.secret}`, `#apikey=${keys.secret}`]) {
      const { came } = await get(`/pg/query?${query}`);
      expect(came, query).toEqual([]);
    }
  });
});

describe("forged addresses", () => {
  const claims = ["x-forwarded-for: 203.0.113.7", "x-real-ip: 203.0.113.7", "x-client-ip: 203.0.113.7", "true-client-ip: 203.0.113.7", "cf-connecting-ip: 203.0.113.7", "forwarded: for=203.0.113.7", "x-envoy-external-address: 203.0.113.7", "x-envoy-internal: true", "x-cluster-client-ip: 203.0.113.7", "x-forwarded-for: 127.0.0.1"];

  test("no header puts a client that connects itself on an IP list", async () => {
    for (const claim of claims) expect(await get("/listed/a", [claim]), claim).toEqual({ status: 403, came: [] });
  });

  test("behind a proxy only what the proxy wrote last counts", async () => {
    const behind = (value: string) => get("/listed/a", [`x-forwarded-for: ${value}`], proxied);
    for (const value of ["203.0.113.7, 198.51.100.1", "203.0.113.7,203.0.113.8 , 198.51.100.1", "198.51.100.1", "203.0.113.7, nonsense", "203.0.113.7,"]) expect(await behind(value), value).toEqual({ status: 403, came: [] });
    const doubled = await get("/listed/a", ["x-forwarded-for: 203.0.113.7", "x-forwarded-for: 198.51.100.1"], proxied);
    expect(doubled).toEqual({ status: 403, came: [] });
    expect((await behind("198.51.100.1, 203.0.113.7")).status).toBe(200);
    for (const claim of claims.filter((line) => !line.startsWith("x-forwarded-for"))) expect((await get("/listed/a", ["x-forwarded-for: 198.51.100.1", claim], proxied)).status, claim).toBe(403);
  });
});

describe("service names through Host", () => {
  test("no name leads past the routes", async () => {
    for (const host of ["meta", "meta:8080", "studio:3000", "db:5432", "auth:9999", "realtime-dev.supabase-realtime:4000", "127.0.0.1:9901", "localhost:9901", "[::1]:9901", "169.254.169.254", "kong", "x@meta", ""]) {
      for (const path of ["/pg/query", "/schemas", "/ready", "/config_dump", "/latest/meta-data/"]) {
        const { came, status } = await get(path, [`Host: ${host}`]);
        expect(came, `${host} ${path}`).toEqual([]);
        expect([400, 401], `${host} ${path}`).toContain(status);
      }
    }
  });

  test("an absolute target leads by its path alone", async () => {
    const { came } = await get("http://meta:8080/functions/v1/x", ["Host: studio"]);
    expect(came.map(({ service }) => service)).toEqual(["functions"]);
    expect((await get("http://meta:8080/pg/query")).came).toEqual([]);
  });

  test("Realtime's tenant is the project's, whatever Host says", async () => {
    const { came } = await get("/realtime/v1/api/ping", [`apikey: ${keys.publishable}`, "Host: other-tenant.example.com"]);
    expect(came[0]?.headers.host).toBe("realtime-dev.supabase-realtime");
  });
});

describe("the panel's cookie", () => {
  test("reaches no service in any spelling that a browser or a server would take for it", async () => {
    for (const path of ["/functions/v1/x", "/storage/v1/x", "/auth/v1/verify", "/hooks"]) {
      for (const cookie of ["__Host-basehold.session=s3cret", "a=1; __Secure-basehold.session-token.0=s3cret", "basehold.csrf=s3cret;b=2", "  basehold.x=s3cret", ";;basehold.x=s3cret", "a=1;\tbasehold.x=s3cret", "basehold.x =s3cret"]) {
        const { came } = await get(path, [`Cookie: ${cookie}`]);
        expect(JSON.stringify(came), cookie).not.toContain("s3cret");
      }
      expect(JSON.stringify((await get(path, ["Cookie: a=1", "cookie: basehold.x=s3cret"])).came)).not.toContain("s3cret");
    }
  });
});
