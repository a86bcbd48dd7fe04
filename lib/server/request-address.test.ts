import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { edgeProof } from "@/lib/access/edge-proof";
import { addSession, openScene, passwordOfAll, type Scene } from "@/lib/access/people.fixture";
import { GET as auth, POST as postAuth } from "@/app/api/auth/[...nextauth]/route";
import { POST as invite } from "@/app/api/v1/invitations/route";
import { proxy } from "@/proxy";
import { NextRequest } from "next/server";
import { installClientAddress, markRequest } from "./client-address";
import { identify } from "./identity";
import { requestAddress } from "./request-address";
import { useStore as putStore } from "./store";
import { cookieOf, panelUrl, prepareWebEnvironment } from "./web.fixture";

vi.mock("@/lib/adapters/vault/password-hash", async () => {
  const { cheapPasswords } = await import("@/lib/access/people.fixture");
  return { openPasswordHash: () => cheapPasswords };
});

/** The panel reached under its own name through the edge, beside its own address: two origins, and nobody else makes a third. */

const proof = edgeProof("a secret that web and worker share");
const origin = "https://panel.example.com:8443";
const fromEdge = { "x-basehold-client-address": "203.0.113.9", "x-basehold-panel-url": origin };
const mark = (headers: Record<string, string>) => {
  const marked = { ...headers };
  markRequest(marked, { peer: "127.0.0.1", isTrusted: () => false, proof });
  return marked;
};

let scene: Scene;
let ownerId: string;
beforeAll(async () => {
  const removeEnvironment = prepareWebEnvironment();
  installClientAddress(() => false, proof);
  scene = await openScene();
  scene.clock.now = new Date();
  putStore(scene.store);
  ownerId = await scene.addPerson("Ada", "owner");
  return removeEnvironment;
});
afterAll(() => scene.close());

describe("what the edge says of a request", () => {
  it("is believed with the proof, which goes no further", () => {
    expect(mark({ ...fromEdge, "x-basehold-edge": proof })).toEqual(fromEdge);
  });

  it("is thrown away without it, or with another: any program of the machine reaches this port", () => {
    const forgeries: Record<string, string>[] = [{}, { "x-basehold-edge": "" }, { "x-basehold-edge": "x".repeat(proof.length) }, { "x-basehold-edge": `${proof} ` }];
    for (const forged of forgeries) {
      expect(mark({ ...fromEdge, ...forged, "x-forwarded-for": "6.6.6.6" })).toEqual({ "x-basehold-client-address": "127.0.0.1", "x-forwarded-for": "6.6.6.6" });
    }
  });
});

describe("the panel under its own name", () => {
  const call = (path: string, init: { method?: "GET" | "POST"; headers?: Record<string, string>; body?: URLSearchParams } = {}) =>
    (init.method === "POST" ? postAuth : auth)(new Request(`http://127.0.0.1:3000/api/auth/${path}`, { ...init, headers: { ...fromEdge, ...init.headers } }), { params: Promise.resolve({ nextauth: path.split("/") }) });
  const cookiesOf = (response: Response) => response.headers.getSetCookie().map((line) => line.split(";")[0] ?? "").join("; ");

  it("signs in with cookies for HTTPS and this host alone, and sends nobody anywhere else", async () => {
    const csrf = await call("csrf");
    const { csrfToken } = (await csrf.json()) as { csrfToken: string };
    const body = new URLSearchParams({ email: "ada@example.com", password: passwordOfAll, callbackUrl: "/", json: "true", csrfToken });
    const response = await call("callback/credentials", { method: "POST", headers: { origin, cookie: cookiesOf(csrf) }, body });
    expect([response.status, new URL(((await response.clone().json()) as { url: string }).url).origin]).toEqual([200, origin]);
    const [line = ""] = response.headers.getSetCookie().filter((one) => one.startsWith("__Host-basehold.session="));
    expect(line).toMatch(/; Path=\/; .*HttpOnly; Secure; SameSite=Lax/);
    const cookie = line.split(";")[0] ?? "";
    expect((await identify(new Headers({ ...fromEdge, cookie })))?.actor).toMatchObject({ name: "Ada" });
    expect(await identify(new Headers({ cookie })), "at the panel's own address").toBeNull();
  });

  it("takes no cookie that its own address set: a project beside it under one domain could set one of that name", async () => {
    const cookie = await cookieOf(await addSession(scene.store, scene.clock.now, ownerId));
    expect(await identify(new Headers({ ...fromEdge, cookie }))).toBeNull();
    expect((await identify(new Headers({ cookie })))?.actor).toMatchObject({ name: "Ada" });
  });

  it("takes acts of its own pages only, and the panel's own address takes those of its own", async () => {
    const plain = await cookieOf(await addSession(scene.store, scene.clock.now, ownerId));
    const secure = `__Host-${plain}`;
    const ask = async (headers: Record<string, string>, email: string) =>
      (await invite(new Request(`http://127.0.0.1:3000/api/v1/invitations`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify({ email, role: "viewer" }) }), { params: Promise.resolve({}) })).status;
    expect(await ask({ ...fromEdge, cookie: secure, origin }, "a@example.com")).toBe(201);
    expect(await ask({ cookie: plain, origin: panelUrl }, "b@example.com")).toBe(201);
    expect(await ask({ ...fromEdge, cookie: secure, origin: panelUrl }, "c@example.com")).toBe(403);
    expect(await ask({ cookie: plain, origin }, "d@example.com")).toBe(403);
    expect(await ask({ cookie: plain, origin, host: "panel.example.com:8443", "x-forwarded-host": "panel.example.com:8443" }, "e@example.com")).toBe(403);
  });

  it("is what links to the panel are built from, whoever asks, once the edge serves it", async () => {
    const cookie = await cookieOf(await addSession(scene.store, scene.clock.now, ownerId));
    const link = async (email: string) => {
      const response = await invite(new Request(`${panelUrl}/api/v1/invitations`, { method: "POST", headers: { "content-type": "application/json", cookie, origin: panelUrl }, body: JSON.stringify({ email, role: "viewer" }) }), { params: Promise.resolve({}) });
      return new URL(((await response.json()) as { link: string }).link).origin;
    };
    expect(await link("f@example.com")).toBe(panelUrl);
    const valueJson = JSON.stringify({ isOn: true, acme: null, httpsPort: 8443, panelHost: { hostname: "panel.example.com", tls: "internal", redirectsHttp: true, hstsSeconds: null } });
    await scene.store.db.installationSetting.create({ data: { key: "edge", valueJson, updatedAt: scene.clock.now } });
    expect(await link("g@example.com")).toBe(origin);
  });

  it("leaves HSTS to the edge, where it is by choice", () => {
    expect(requestAddress(new Headers(fromEdge))).toMatchObject({ isSecure: true, isThroughEdge: true });
    expect(proxy(new NextRequest(`${origin}/projects`, { headers: fromEdge })).headers.has("strict-transport-security")).toBe(false);
  });
});
