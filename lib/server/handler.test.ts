import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { addSession, openScene, type Scene } from "@/lib/access/people.fixture";
import { createToken } from "@/lib/access/tokens";
import * as anyPath from "@/app/api/[...path]/route";
import { GET as listProjects, POST as createProject } from "@/app/api/v1/projects/route";
import { POST as createTokenRoute } from "@/app/api/v1/tokens/route";
import { GET as getMe } from "@/app/api/v1/me/route";
import { PATCH as editProject } from "@/app/api/v1/projects/[ref]/route";
import { PUT as deployFunction } from "@/app/api/v1/projects/[ref]/functions/[name]/route";
import { buildOpenApi } from "./openapi";
import type { RouteHandler } from "./handler";
import { useStore as putStore } from "./store";
import { cookieOf, panelUrl, prepareWebEnvironment } from "./web.fixture";

let scene: Scene;
let ownerId: string;
let cookie: string;
let bearer: string;
beforeAll(async () => {
  const removeEnvironment = prepareWebEnvironment();
  scene = await openScene();
  scene.clock.now = new Date();
  putStore(scene.store);
  await scene.store.db.installationSetting.create({ data: { key: "instanceId", valueJson: '"instance"', updatedAt: scene.clock.now } });
  await scene.addProject("shop");
  ownerId = await scene.addPerson("Olga", "owner");
  cookie = await cookieOf(await addSession(scene.store, scene.clock.now, ownerId));
  bearer = (await createToken(await scene.signedIn(ownerId), { name: "t", role: "admin", projectRefs: null, scopes: [], expiresInDays: 7 })).token;
  return removeEnvironment;
});
afterAll(() => scene.close());

type Sent = { method?: string; headers?: Record<string, string>; body?: string; path?: string; params?: Record<string, string> };
const problem = z.object({ type: z.string(), title: z.string(), status: z.number(), detail: z.string(), code: z.string(), fields: z.record(z.string(), z.string()).optional() });

async function call(run: RouteHandler, { method = "GET", headers = {}, body, path = "/api/v1/x", params = {} }: Sent) {
  const response = await run(new Request(`${panelUrl}${path}`, { method, headers, body }), { params: Promise.resolve(params) });
  return { response, status: response.status, json: (await response.clone().json()) as Record<string, unknown> };
}

const json = { "content-type": "application/json" };
const asToken = (more: Record<string, string> = {}) => ({ ...json, authorization: `Bearer ${bearer}`, ...more });
const asPerson = (more: Record<string, string> = {}) => ({ ...json, cookie, ...more });
const wish = JSON.stringify({ displayName: "New one" });

describe("a request that rides on a cookie", () => {
  it("changes nothing unless it comes from a page of the panel", async () => {
    const before = await scene.store.db.project.count();
    for (const headers of [{}, { origin: "https://evil.example" }, { origin: "http://127.0.0.1:8000" }, { "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }, { origin: panelUrl, "sec-fetch-site": "same-site" }, { origin: "null" }]) {
      const { status, json: body } = await call(createProject, { method: "POST", headers: asPerson(headers as Record<string, string>), body: wish });
      expect([status, body.code]).toEqual([403, "forbidden"]);
    }
    expect(await scene.store.db.project.count()).toBe(before);
  });

  it("is judged by the configured address, whatever the Host header says", async () => {
    const headers = { host: "evil.example", "x-forwarded-host": "evil.example", origin: "http://evil.example" };
    expect((await call(createProject, { method: "POST", headers: asPerson(headers), body: wish })).status).toBe(403);
    expect((await call(editProject, { method: "PATCH", params: { ref: "shop" }, headers: asPerson({ host: "evil.example", origin: panelUrl }), body: JSON.stringify({ displayName: "Shop" }) })).status).toBe(202);
  });
});

describe("a request with a bearer token", () => {
  it("needs no origin, and never falls back on a cookie that is sent beside it", async () => {
    expect((await call(getMe, { headers: asToken({ origin: "https://anywhere.example" }) })).json).toMatchObject({ kind: "token", installationRole: "admin", token: { scopes: [] } });
    const { status, json: body, response } = await call(getMe, { headers: { cookie, authorization: "Bearer bh_0123456789012345678901234567890123456789012" } });
    expect([status, body.code, response.headers.get("www-authenticate")]).toEqual([401, "unauthenticated", 'Bearer realm="basehold"']);
    expect((await call(getMe, { headers: { cookie, authorization: "Bearer" } })).status).toBe(401);
  });

  it("leaves other schemes alone: a proxy in front may ask for a password of its own", async () => {
    expect((await call(getMe, { headers: { cookie, authorization: "Basic dXNlcjpwYXNz" } })).json).toMatchObject({ kind: "user", name: "Olga" });
  });
});

describe("errors", () => {
  it("are problem+json with a code, a sentence, and the rule that each field broke", async () => {
    const { response, json: body } = await call(createProject, { method: "POST", headers: asToken(), body: JSON.stringify({ displayName: " ", gatewayPort: 80 }) });
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(problem.parse(body)).toMatchObject({ status: 422, code: "invalid", fields: { displayName: "Give the project a name.", gatewayPort: "Use a port from 1024 to 65535." } });
  });

  it("say what is wrong with a body that is no JSON, too large, or of another kind", async () => {
    expect((await call(createProject, { method: "POST", headers: asToken(), body: "{" })).json).toMatchObject({ code: "invalid", fields: { input: "The body is not JSON." } });
    expect((await call(createProject, { method: "POST", headers: asToken({ "content-type": "text/plain" }), body: wish })).status).toBe(422);
    expect((await call(createProject, { method: "POST", headers: asToken(), body: JSON.stringify({ displayName: "x".repeat(300_000) }) })).status).toBe(413);
  });

  it("say in the sentence too which field is missing, and name what is unknown, however deep, before what is missing for it", async () => {
    const edit = async (body: object) => (await call(editProject, { method: "PATCH", params: { ref: "shop" }, headers: asToken(), body: JSON.stringify(body) })).json;
    expect((await call(createProject, { method: "POST", headers: asToken(), body: "{}" })).json).toMatchObject({ detail: "displayName: This is missing.", fields: { displayName: "This is missing." } });
    expect(await edit({ smtp: { hostname: "mail.example.com" } })).toMatchObject({ detail: expect.stringMatching(/^smtp\.hostname: There is no such field\. There are: host, /) as string });
    expect(await edit({ smtp: {} })).toMatchObject({ detail: "smtp.host: This is missing." });
    expect((await call(createProject, { method: "POST", headers: asToken(), body: "{" })).json).toMatchObject({ detail: "The body is not JSON." });
  });

  it("come for access before anything is said about the input", async () => {
    expect((await call(deployFunction, { method: "PUT", headers: json, body: "{", params: { ref: "shop", name: "../x" } })).json).toMatchObject({ code: "unauthenticated" });
    const stranger = await cookieOf(await addSession(scene.store, scene.clock.now, await scene.addPerson("Sam", "none")));
    expect((await call(deployFunction, { method: "PUT", headers: { ...json, cookie: stranger, origin: panelUrl }, body: "{", params: { ref: "shop", name: "x" } })).json).toMatchObject({ code: "not-found" });
  });
});

describe("a POST with an Idempotency-Key", () => {
  it("is done once, and its repetition gets the same answer", async () => {
    const sent = { method: "POST", headers: asToken({ "idempotency-key": "key-1" }), body: JSON.stringify({ displayName: "Once" }) };
    const first = await call(createProject, sent);
    const second = await call(createProject, sent);
    expect([second.status, second.json]).toEqual([first.status, first.json]);
    expect(second.response.headers.get("idempotent-replayed")).toBe("true");
    expect(await scene.store.db.project.count({ where: { displayName: "Once" } })).toBe(1);
  });

  it("is done once when it is sent many times at the same moment", async () => {
    const sent = { method: "POST", headers: asToken({ "idempotency-key": "key-2" }), body: JSON.stringify({ displayName: "Together" }) };
    const answers = await Promise.all([1, 2, 3, 4].map(() => call(createProject, sent)));
    expect(await scene.store.db.project.count({ where: { displayName: "Together" } })).toBe(1);
    for (const { status, json: body } of answers) expect(status === 202 || body.code === "idempotency-running").toBe(true);
  });

  it("is refused with another body or by another endpoint, and is nobody else's", async () => {
    const headers = { "idempotency-key": "key-1" };
    expect((await call(createProject, { method: "POST", headers: asToken(headers), body: wish })).json).toMatchObject({ code: "invalid", fields: { "Idempotency-Key": expect.any(String) } });
    const other = await call(createProject, { method: "POST", headers: asPerson({ ...headers, origin: panelUrl }), body: JSON.stringify({ displayName: "Of another" }) });
    expect(other.status).toBe(202);
  });

  it("forgets a request that failed, so that it can be sent again when it may succeed", async () => {
    const sent = { method: "POST", headers: asToken({ "idempotency-key": "key-3" }), body: JSON.stringify({ displayName: "Later", ref: "shop" }) };
    expect((await call(createProject, sent)).json).toMatchObject({ code: "ref-taken" });
    expect((await call(createProject, sent)).json).toMatchObject({ code: "ref-taken" });
    expect(await scene.store.db.idempotencyKey.count({ where: { key: "key-3" } })).toBe(0);
  });

  it("keeps no secret: the repetition of what made one is refused, and the store holds neither answer nor body", async () => {
    const sent = { method: "POST", headers: asPerson({ "idempotency-key": "key-4", origin: panelUrl }), body: JSON.stringify({ name: "made", role: "viewer", expiresInDays: 7 }) };
    const first = await call(createTokenRoute, sent);
    expect(first.status).toBe(201);
    expect((await call(createTokenRoute, sent)).json).toMatchObject({ code: "idempotency-secret" });
    expect(JSON.stringify(await scene.store.db.idempotencyKey.findMany())).not.toContain(String(first.json.token));
  });
});

describe("lists", () => {
  it("go on with nextCursor until it is null, each item once", async () => {
    for (const ref of ["a-one", "b-two", "c-three"]) await scene.addProject(ref);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { json: page } = await call(listProjects, { headers: asToken(), path: `/api/v1/projects?limit=2${cursor === null ? "" : `&cursor=${cursor}`}` });
      const { items, nextCursor } = z.object({ items: z.array(z.object({ ref: z.string() })), nextCursor: z.string().nullable() }).parse(page);
      seen.push(...items.map((item) => item.ref));
      cursor = nextCursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(["a-one", "b-two", "c-three", "shop"]));
  });

  it("refuse a query that breaks a rule", async () => {
    expect((await call(listProjects, { headers: asToken(), path: "/api/v1/projects?limit=501" })).json).toMatchObject({ code: "invalid", fields: { limit: expect.any(String) } });
    expect((await call(listProjects, { headers: asToken(), path: "/api/v1/projects?includeDeleted=perhaps" })).json).toMatchObject({ fields: { includeDeleted: "Use true or false." } });
  });
});

describe("the OpenAPI text", () => {
  it("is 3.1, names every endpoint of the route table under /api/v1, and points to no schema that is missing", () => {
    const document = buildOpenApi(panelUrl);
    expect(document.openapi).toBe("3.1.0");
    const text = JSON.stringify(document);
    const named = new Set(Object.keys(document.components?.schemas ?? {}));
    for (const [, name = ""] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) expect(named).toContain(name);
    expect(Object.keys(document.paths ?? {}).length).toBeGreaterThan(40);
  });
});

describe("under a path that is none", () => {
  it.each(["GET", "POST", "PUT", "PATCH", "DELETE"] as const)("%s is answered with a problem document", async (method) => {
    const { status, json: body, response } = await call(() => Promise.resolve(anyPath[method]()), { method });
    expect([status, response.headers.get("content-type"), problem.parse(body).code]).toEqual([404, "application/problem+json", "not-found"]);
  });
});

describe("text that no store can keep", () => {
  it("is refused by its place, in a path, a query and a body", async () => {
    expect(await call(editProject, { method: "PATCH", headers: asToken(), params: { ref: "shop\0" }, body: "{}" })).toMatchObject({ status: 422, json: { fields: { ref: expect.any(String) as string } } });
    expect(await call(listProjects, { headers: asToken(), path: "/api/v1/projects?query=%00" })).toMatchObject({ status: 422 });
    expect(await call(editProject, { method: "PATCH", headers: asToken(), params: { ref: "shop" }, body: JSON.stringify({ displayName: "a\0b" }) })).toMatchObject({ status: 422, json: { fields: { displayName: expect.any(String) as string } } });
  });
});
