import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { requestConfiguration } from "@/lib/stack/services/kong-environment";
import { isUnescaped } from "./nginx";
import { startInside, startUpstream, stopAll, type Seen } from "./in-process.fixture";

/** What a real Kong 3.9.3 did with the same requests. */
const folder = mkdtempSync(join(tmpdir(), "basehold-kong-inside-"));
let upstream: Awaited<ReturnType<typeof startUpstream>>;

const transformer = { name: "request-transformer", config: { remove: { headers: ["X-Gone"], querystring: ["gone"] }, replace: { headers: ["x-rep:new"] }, add: { headers: ["x-add:added"] } } };
const routed = (name: string, path: string, priority: number, parts: object = {}) => ({ name, expression: `http.path ^= "${path}"`, priority, ...parts });
const documentOf = (port: number) => ({
  services: [
    {
      name: "echo", host: "127.0.0.1", port, retries: 2,
      routes: [
        routed("all", "/", 1, { plugins: [transformer] }), routed("plain", "/plain/", 9), routed("keyed", "/keyed/", 9, { plugins: [{ name: "key-auth", config: {} }] }),
        { name: "named", expression: 'http.path ^= "/named/" && http.headers.x_kind == "1"', priority: 5 },
      ],
    },
  ],
  consumers: [{ username: "one", keyauth_credentials: [{ key: "kk" }] }],
});

const last = (): Seen => upstream.seen.at(-1) ?? { method: "", url: "", rawHeaders: [], body: "" };
const valuesOf = (name: string) => last().rawHeaders.flatMap((each, at) => (at % 2 === 0 && each.toLowerCase() === name ? [last().rawHeaders[at + 1]] : []));
const lines = (count: number) => Array.from({ length: count }, (_, index) => `h${String(index)}: 1`);

beforeAll(async () => void (upstream = await startUpstream()));
afterAll(() => {
  stopAll();
  rmSync(folder, { recursive: true, force: true });
});

describe("a path", () => {
  test("is compared as it came: what follows a # stays in it, a query begins at a ? and ends at a #", async () => {
    const kong = await startInside(documentOf(upstream.port));
    const urls: string[] = [];
    for (const target of ["/x#y", "/x#y?a=1", "/plain/a?x=#b", "/plain/a/../#b", "/plain/#/../..", "/plain/x?"]) {
      expect((await kong.get(target)).status, target).toBe(200);
      urls.push(last().url);
    }
    expect(urls).toEqual(["/x#y", "/x#y", "/a?x=", "/#b", "/", "/x?"]);
  });

  test("above the root, with an escape that is none or a control character is refused before it is routed, and so is TRACE", async () => {
    const kong = await startInside(documentOf(upstream.port));
    for (const target of ["/%", "/%zz", "/a%", "/a%2", "/..", "/../", "/a/../..", "/a/%2e%2e/../b", "/plain/%00", "/plain/\x01", "*"]) expect((await kong.get(target)).status, target).toBe(400);
    expect((await kong.get("/plain/x", [], "TRACE")).status).toBe(405);
  });

  test("that is no UTF-8 has no route, and a backslash that .. removes is gone", async () => {
    const kong = await startInside(documentOf(upstream.port));
    for (const target of ["/%ff", "/plain/%E9", "/named/%C0%AF"]) expect((await kong.get(target)).status, target).toBe(404);
    const urls: string[] = [];
    for (const target of ["/plain/%C3%A9", "/plain/%5C/../b", "/plain/%7f", "/plain/a\\b"]) {
      expect((await kong.get(target)).status, target).toBe(200);
      urls.push(last().url);
    }
    expect(urls).toEqual(["/%C3%A9", "/b", "/%7F", "/a%5Cb"]);
  });

  test("that is not escaped as UTF-8 is refused where Basehold's own nginx text says so, and no other nginx text is taken", async () => {
    const [known, unknown] = [join(folder, "known.conf"), join(folder, "unknown.conf")];
    writeFileSync(known, requestConfiguration);
    writeFileSync(unknown, "return 200;");
    const kong = await startInside(documentOf(upstream.port), { KONG_NGINX_PROXY_INCLUDE: known });
    const statuses = [];
    for (const target of ["/plain/%ff", "/plain/%ED%A0%80", "/plain/%C3%A9", "/plain/x?a=%ff"]) statuses.push((await kong.get(target)).status);
    expect(statuses).toEqual([400, 400, 200, 200]);
    await expect(startInside({}, { KONG_NGINX_PROXY_INCLUDE: unknown })).rejects.toThrow(/does not know/);
  });

  test("is escaped as UTF-8 for the stand-in whenever it is for the expression in that text", () => {
    const source = /!~\* "(.*)"\)/.exec(requestConfiguration)?.[1] ?? "";
    // Possessive repetition is nginx's alone, and changes no result here.
    const expression = new RegExp(source.replace("*+(?:", "*(?:"), "i");
    const piece = fc.oneof(fc.constantFrom("/", "a", "#", "?", "~", "\x7f", "\xe9", "%c3%a9", "%C3", "%A9", "%ff", "%ed%a0%80", "%ed%9f%bf", "%e0%9f%80", "%e0%a0%80", "%f0%8f%bf%bf", "%f0%90%80%80", "%f4%8f%bf%bf", "%f4%90%80%80", "%c0%af", "%41"), fc.nat(255).map((byte) => `%${byte.toString(16).padStart(2, "0")}`));
    fc.assert(fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => isUnescaped(`/${pieces.join("")}`) !== expression.test(`/${pieces.join("")}`)), { numRuns: 2000 });
  });

  test("a header's value that is no UTF-8 leaves no route where any route has a condition on it, and is passed on elsewhere", async () => {
    const kong = await startInside(documentOf(upstream.port));
    expect((await kong.get("/plain/x", ["x-kind: \xff"])).status).toBe(404);
    expect((await kong.get("/plain/x", ["x-other: \xff"])).status).toBe(200);
    expect(valuesOf("x-other")).toEqual(["\xff"]);
  });
});

describe("many headers and arguments", () => {
  // Host and Connection are the first two.
  test("are seen up to the limit: a header behind it is neither removed nor replaced, one that is added takes its place", async () => {
    const kong = await startInside(documentOf(upstream.port));
    const sent = ["X-Gone: 1", "x-rep: old", "x-add: own"];
    const after = [];
    for (const count of [95, 96, 97, 98]) {
      await kong.get("/x", [...lines(count), ...sent]);
      after.push([valuesOf("x-gone"), valuesOf("x-rep"), valuesOf("x-add")]);
    }
    expect(after).toEqual([[[], ["new"], ["own"]], [[], ["new"], ["added"]], [[], ["old"], ["added"]], [["1"], ["old"], ["added"]]]);
  });

  test("behind the limit hold no key, and with a higher limit they do", async () => {
    const [low, high] = [await startInside(documentOf(upstream.port)), await startInside(documentOf(upstream.port), { KONG_LUA_MAX_REQ_HEADERS: "1000", KONG_LUA_MAX_URI_ARGS: "1000" })];
    const query = `/keyed/x?${Array.from({ length: 100 }, (_, index) => `a${String(index)}=1`).join("&")}&apikey=kk`;
    expect([(await low.get("/keyed/x", [...lines(98), "apikey: kk"])).status, (await high.get("/keyed/x", [...lines(98), "apikey: kk"])).status, (await low.get(query)).status, (await high.get(query)).status]).toEqual([401, 200, 401, 200]);
    await expect(startInside({}, { KONG_LUA_MAX_REQ_HEADERS: "1001" })).rejects.toThrow(/lua_max_req_headers must be an integer between 1 and 1000/);
  });

  test("behind the limit fulfil no route's condition", async () => {
    const document = documentOf(upstream.port);
    const named = async (count: number, variables = {}) => {
      await (await startInside(document, variables)).get("/named/x", [...lines(count), "x-kind: 1"]);
      return last().url;
    };
    expect([await named(97), await named(98), await named(98, { KONG_LUA_MAX_REQ_HEADERS: "1000" })]).toEqual(["/x", "/named/x", "/x"]);
  });

  test("arguments behind the limit are lost where the query is written again, and stay where it is not", async () => {
    const kong = await startInside(documentOf(upstream.port));
    const query = Array.from({ length: 150 }, (_, index) => `a${String(index)}=${String(index)}`).join("&");
    await kong.get(`/x?${query}&gone=1`);
    expect([last().url.split("=").length - 1, last().url.startsWith("/x?a0=0&a10=10&a11=11")]).toEqual([100, true]);
    await kong.get(`/plain/x?${query}`);
    expect(last().url).toBe(`/x?${query}`);
  });

  test.each([
    ["b=2&a=1&gone=x", "a=1&b=2"], ["d&e=&f=%2F+g", "d&e=&f=%2F%20g"], ["a=1&b=2&a=3", "a=1&a=3&b=2"], ["c=x%20y&%61=1", "a=1&c=x%20y"], ["b=%zz", "b=%25zz"], ["a=%ff", "a=%FF"], ["k=!%27()*~-._/:@%C3%A9%7C", "k=!'()*~-._%2F%3A%40%C3%A9%7C"],
  ])("a query that is written again is sorted and escaped: %s", async (query, expected) => {
    const kong = await startInside(documentOf(upstream.port));
    await kong.get(`/x?${query}`);
    expect(last().url).toBe(`/x?${expected}`);
  });

  test("more than 1000 headers are refused", async () => {
    const kong = await startInside(documentOf(upstream.port));
    expect([(await kong.get("/plain/x", lines(998))).status, (await kong.get("/plain/x", lines(999))).status]).toEqual([200, 400]);
  });

  test("a line that no buffer holds is refused with 414 or 400, and so is more than all buffers hold", async () => {
    const kong = await startInside(documentOf(upstream.port));
    const wide = await startInside(documentOf(upstream.port), { KONG_NGINX_PROXY_LARGE_CLIENT_HEADER_BUFFERS: "4 64k" });
    const headers = (count: number, bytes: number) => Array.from({ length: count }, (_, index) => `c${String(index)}: ${"1".repeat(bytes)}`);
    const statusOf = async (at: typeof kong, bytes: number) => [(await at.get(`/plain/${"a".repeat(bytes)}`)).status, (await at.get("/plain/x", headers(1, bytes))).status];
    expect([await statusOf(kong, 8170), await statusOf(kong, 8190), await statusOf(wide, 60_000), await statusOf(wide, 66_000)]).toEqual([[200, 200], [414, 400], [200, 200], [414, 400]]);
    const statuses = [];
    for (const sent of [headers(4, 7000), headers(5, 7000), headers(40, 800)]) statuses.push((await kong.get("/plain/x", sent)).status);
    expect(statuses).toEqual([200, 400, 200]);
  });
});

describe("keys", () => {
  test("in a query count by their unescaped name, once", async () => {
    const kong = await startInside(documentOf(upstream.port));
    const statuses = [];
    for (const query of ["apikey=kk", "%61pikey=kk", "apikey=k%6b", "apikey=kk&apikey=kk", "apikey=kk&%61pikey=zz", "apikey", "apikey=", "Apikey=kk"]) statuses.push((await kong.get(`/keyed/x?${query}`)).status);
    expect(statuses).toEqual([200, 200, 200, 401, 401, 401, 401, 401]);
  });
});

describe("an upstream", () => {
  test("is told that Kong was on the way, and the request's id unless that is off", async () => {
    const [told, silent] = [await startInside(documentOf(upstream.port)), await startInside(documentOf(upstream.port), { KONG_HEADERS_UPSTREAM: "off" })];
    await told.get("/plain/x", ["Via: 1.0 foo", "X-Kong-Request-Id: own"]);
    expect([valuesOf("via"), valuesOf("x-kong-request-id")]).toEqual([["1.0 foo, 1.1 kong/3.9.3"], [expect.stringMatching(/^[0-9a-f]{32}$/)]]);
    await silent.get("/plain/x", ["X-Kong-Request-Id: own"]);
    expect([valuesOf("via"), valuesOf("x-kong-request-id")]).toEqual([["1.1 kong/3.9.3"], ["own"]]);
  });

  test("that breaks off before an answer is asked again, except by POST and PATCH", async () => {
    const breaking = await startUpstream((request) => request.socket.destroy());
    const kong = await startInside(documentOf(breaking.port));
    const tries: Record<string, number> = {};
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "POST", "PATCH"]) {
      const before = breaking.seen.length;
      expect((await kong.get("/plain/x", [], method)).status).toBe(502);
      tries[method] = breaking.seen.length - before;
    }
    expect(tries).toEqual({ GET: 3, HEAD: 3, PUT: 3, DELETE: 3, OPTIONS: 3, POST: 1, PATCH: 1 });
  });

  test("that breaks off once gets the whole body again", async () => {
    const bodies: string[] = [];
    const flaky = await startUpstream((request, response) => {
      if (bodies.push("") === 1) request.socket.destroy();
      else request.on("data", (part: Buffer) => (bodies[1] += part.toString())).on("end", () => response.end());
    });
    const kong = await startInside(documentOf(flaky.port));
    expect((await kong.get("/plain/x", ["Content-Length: 5", "X: 1\r\n\r\nhello"], "PUT")).status).toBe(200);
    expect(bodies).toEqual(["", "hello"]);
  });

  test("that refuses connections answers 502, one whose name nobody knows 503", async () => {
    const service = (name: string, host: string, port: number) => ({ name, host, port, routes: [routed(name, `/${name}`, 1)] });
    const kong = await startInside({ services: [service("refused", "127.0.0.1", await freePort()), service("unknown", "nosuch.invalid", 80)] });
    expect([(await kong.get("/refused")).status, (await kong.get("/unknown")).status]).toEqual([502, 503]);
  });
});

describe("what is counted", () => {
  test("requests at once all pass a rate limit, and those one after the other do not", async () => {
    const document = documentOf(upstream.port);
    const kong = await startInside({ ...document, plugins: [{ name: "rate-limiting", config: { hour: 2, limit_by: "ip" } }] });
    expect((await Promise.all([1, 2].map(() => kong.get("/plain/x")))).map(({ status }) => status)).toEqual([200, 200]);
    expect((await kong.get("/plain/x")).status).toBe(429);
  });

  test("is told by the metrics after a while, not at once", async () => {
    const kong = await startInside({ ...documentOf(upstream.port), plugins: [{ name: "prometheus", config: { status_code_metrics: true } }] });
    await kong.get("/plain/x");
    expect(kong.gateway.metrics.text(0)).not.toContain('route="plain"');
    kong.gateway.metrics.sync();
    expect(kong.gateway.metrics.text(0)).toContain('route="plain",code="200"');
  });
});

test("X-Forwarded-For names the client only where a trusted proxy sends it and Kong is told to read it", async () => {
  const closed = { name: "ip-restriction", config: { allow: ["203.0.113.0/24"] } };
  const document = { services: [{ name: "echo", host: "127.0.0.1", port: upstream.port, routes: [routed("closed", "/", 1, { plugins: [closed] })] }] };
  const trusted = { KONG_TRUSTED_IPS: "127.0.0.0/8" };
  const told = { ...trusted, KONG_REAL_IP_HEADER: "X-Forwarded-For" };
  const statusOf = async (variables: Record<string, string>, header: string) => (await (await startInside(document, variables)).get("/", [header])).status;
  const near = "X-Forwarded-For: 203.0.113.7";
  expect([await statusOf({}, near), await statusOf(trusted, near), await statusOf(trusted, "X-Real-IP: 203.0.113.7"), await statusOf(told, near)]).toEqual([403, 403, 200, 200]);
  const far = "X-Forwarded-For: 203.0.113.7, 127.0.0.9";
  expect([await statusOf(told, far), await statusOf({ ...told, KONG_REAL_IP_RECURSIVE: "on" }, far)]).toEqual([403, 200]);
});
