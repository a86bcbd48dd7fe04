import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Actor } from "@/lib/access/actor";
import { listenersOf } from "@/lib/gateway/edge-version";
import { EdgeLoop } from "@/lib/worker/keep-edge";
import { createProject } from "../create-project";
import { deleteProject } from "../delete-project";
import { turnEdgeOn } from "../edge/turn-edge";
import { editProject } from "../edit-project";
import { pauseProject } from "../pause-project";
import { openScene, type Scene } from "../scene.fixture";
import { addDomain } from "./add-domain";
import { attachDomain, removeDomain } from "./attach-domain";
import { makePair } from "./certificates.fixture";
import { changeDomain, replaceCertificate } from "./change-domain";
import { checkDomain } from "./check-domain";
import type { AddDomainInput } from "./inputs";
import { listDomains } from "./list-domains";
import { previewDomain } from "./preview-domain";

const ref = "shop";
const hostname = "api.example.com";
const panel = { panelUrl: "https://panel.example.com" };
const never = new AbortController().signal;
let scene: Scene;

const ended = async (asked: Promise<{ operationId: string | null }>) => scene.ended((await asked).operationId ?? "");
const create = (name: string) => ended(createProject(scene.ctx(), { displayName: name, ref: name, services: ["db", "api-gw", "auth", "rest"] }));
const add = (input: Partial<AddDomainInput> = {}, actor?: Actor) => addDomain(scene.ctx(actor), { ref, hostname, ...input }, panel);
const attach = (name = hostname, isMain?: boolean) => ended(attachDomain(scene.ctx(), { ref, hostname: name, isMain }));
const remove = (name = hostname) => removeDomain(scene.ctx(), { ref, hostname: name });
const domain = async (name = hostname) => (await listDomains(scene.ctx(), { ref })).domains.find((each) => each.hostname === name);
const publicUrl = async () => (await listDomains(scene.ctx(), { ref })).publicUrl;
const reasonOf = (operation: { errorJson: string | null }) => (JSON.parse(operation.errorJson ?? "{}") as { sentence?: string }).sentence ?? "";
const served = () => listenersOf(scene.edgeWorld.document).filter((address) => address.startsWith(":"));
const authUrl = () => scene.world.containers.find(({ labels }) => labels["io.basehold.service"] === "auth")?.environment["API_EXTERNAL_URL"];

beforeEach(async () => {
  scene = await openScene();
  onTestFinished(() => scene.close());
  // Certificates made now are valid then.
  scene.clock.advance(Date.now() + 3_600_000 - scene.clock.now().getTime());
  scene.startWorker();
  expect((await ended(turnEdgeOn(scene.ctx()))).status).toBe("done");
  expect((await create(ref)).status).toBe("done");
});

describe("added", () => {
  test("a name is written down and nothing of it is served", async () => {
    expect(await add({ hostname: " API.Example.com. " })).toEqual({ hostname });
    expect(await domain()).toMatchObject({ state: "added", isMain: false, url: `https://${hostname}`, check: null, certificate: null });
    await scene.tools().edge.sync(never);
    expect(served()).toEqual([]);
  });

  test("a name is unique in the installation, also in the trash; whose it is, is told to those who may see that project", async () => {
    await add();
    await expect(add()).rejects.toMatchObject({ code: "name-taken", message: expect.stringContaining("this project has it already") });
    await create("blog");
    const blog = await scene.project("blog");
    const admin: Actor = { kind: "user", userId: "u1", sessionId: "s1", name: "Ann", email: "ann@example.com", installationRole: "none", projectRoles: { [blog?.id ?? ""]: "admin" }, passwordProvedAt: scene.clock.now(), ip: null };
    await ended(deleteProject(scene.ctx(), { ref, confirmName: ref }));
    await expect(addDomain(scene.ctx(), { ref: "blog", hostname }, panel)).rejects.toThrow("the project shop has it");
    await expect(addDomain(scene.ctx(admin), { ref: "blog", hostname }, panel)).rejects.toThrow("another project of this installation has it");
  });

  test.each([
    ["panel.example.com", "name of the panel itself"], ["127.0.0.1", "no name"], ["localhost", "this machine itself"], ["co.uk", "public suffix"], ["*.example.com", "upload it"], ["https://x.example.com", "Type the name alone"], ["nas.lan", "public names only"],
  ])("%s is refused: %s", async (name, words) => {
    await expect(add({ hostname: name })).rejects.toMatchObject({ code: "invalid", fields: { hostname: expect.stringContaining(words) } });
  });

  test("a name for Studio needs Studio, and a certificate belongs to the kind that is uploaded", async () => {
    await expect(add({ kind: "studio" })).rejects.toThrow("runs no Studio");
    await expect(add({ certificatePem: "x" })).rejects.toThrow("for the kind “uploaded” alone");
    await expect(add({ tls: "uploaded" })).rejects.toMatchObject({ fields: { certificatePem: expect.any(String), keyPem: expect.any(String) } });
  });

  test("an operator sees and checks, and adds, attaches and removes nothing", async () => {
    await add();
    const operator: Actor = { kind: "user", userId: "u1", sessionId: "s1", name: "Olga", email: "o@example.com", installationRole: "operator", projectRoles: {}, passwordProvedAt: scene.clock.now(), ip: null };
    const viewer: Actor = { ...operator, installationRole: "viewer" };
    const ctx = scene.ctx(operator);
    expect(await listDomains(ctx, { ref })).toMatchObject({ mayEdit: false, mayCheck: true });
    await checkDomain(ctx, scene.tools(), { ref, hostname }, never);
    await expect(checkDomain(scene.ctx(viewer), scene.tools(), { ref, hostname }, never)).rejects.toMatchObject({ status: 403 });
    for (const act of [add({ hostname: "b.example.com" }, operator), attachDomain(ctx, { ref, hostname }), removeDomain(ctx, { ref, hostname }), changeDomain(ctx, { ref, hostname, redirectsHttp: false })]) await expect(act).rejects.toMatchObject({ status: 403 });
  });

  test("without an edge there is none, and the way out is said", async () => {
    const off = await openScene();
    onTestFinished(() => off.close());
    off.startWorker();
    await off.ended((await createProject(off.ctx(), { displayName: "x", ref, services: ["db", "api-gw", "auth", "rest"] })).operationId);
    await expect(addDomain(off.ctx(), { ref, hostname }, panel)).rejects.toMatchObject({ code: "edge-off", message: expect.stringContaining("An owner turns it on") });
  });
});

describe("looked at", () => {
  const look = () => checkDomain(scene.ctx(), scene.tools(), { ref, hostname }, never);
  const item = async (id: string) => (await look()).items.find((each) => each.id === id);

  test("the record to create is named, and one that leads here is told from one that leads elsewhere", async () => {
    await add();
    expect(await look()).toMatchObject({ wanted: [{ type: "A", name: hostname, value: "93.184.216.34" }], nameServers: ["ns1.example.com"], isReady: true });
    scene.outside.addresses[hostname] = ["8.8.8.8"];
    expect(await item("dns")).toMatchObject({ state: "stop", sentence: expect.stringContaining("leads to 8.8.8.8, which is not this machine. Change it to A 93.184.216.34") });
    scene.outside.addresses[hostname] = ["93.184.216.34", "2606:4700::1"];
    expect(await item("dns")).toMatchObject({ state: "stop", sentence: expect.stringContaining("2606:4700::1 as well") });
    scene.outside.addresses[hostname] = [];
    expect(await item("dns")).toMatchObject({ state: "stop", sentence: expect.stringContaining("has no address yet. Create A 93.184.216.34") });
    expect((await domain())?.check?.isReady).toBe(false);
  });

  test("CAA records that forbid it, a port that another program holds, and an authority that is away are said", async () => {
    await add();
    scene.outside.caa[hostname] = [{ isCritical: false, tag: "issue", value: "other.example" }];
    expect(await item("caa")).toMatchObject({ state: "stop", sentence: expect.stringContaining('issue "letsencrypt.org"') });
    scene.edgeWorld.portsHeldByOthers.push(":80");
    expect(await item("port-http")).toMatchObject({ state: "stop", sentence: expect.stringContaining("Port 80 is held by another program") });
    scene.outside.directory = { error: "connection refused" };
    expect(await item("acme")).toMatchObject({ state: "stop", sentence: expect.stringContaining("cannot be reached") });
  });
});

describe("attached", () => {
  test("it is rehearsed, certified, verified, told to the services and proven, and its page says so", async () => {
    await add();
    const operation = await attach();
    expect([operation.status, operation.steps.map(({ key, status }) => `${key} ${status}`)]).toEqual(["done", ["check", "rehearse", "issue", "verify", "images", "services", "open", "prove"].map((key) => `${key} done`)]);
    expect(await domain()).toMatchObject({ state: "open", isMain: true, stateReason: null });
    expect([await publicUrl(), authUrl(), served()]).toEqual([`https://${hostname}`, `https://${hostname}/auth/v1`, [":443", ":80"]]);
    expect(scene.edgeWorld.certificates.map(({ authority }) => authority)).toEqual(["acme-staging-v02.api.letsencrypt.org-directory", "acme-v02.api.letsencrypt.org-directory"]);
  });

  test("what is shown before is what then happens, for attaching and for removing", async () => {
    await ended(editProject(scene.ctx(), { ref, redirectUrls: ["http://127.0.0.1:8100/**"] }));
    await add();
    const before = await previewDomain(scene.ctx(), { ref, hostname });
    expect(before).toMatchObject({ isMain: true, restarts: ["auth"], settings: [{ name: "Public URL", before: "http://127.0.0.1:8100", after: `https://${hostname}` }, { name: "Redirect URLs", after: `http://127.0.0.1:8100/**, https://${hostname}/**` }] });
    expect((await scene.project(ref))?.revision).toBe(2);
    const containers = () => new Map(scene.world.containers.map(({ labels, id }) => [labels["io.basehold.service"], id]));
    const old = containers();
    await attach();
    expect([...containers()].filter(([name, id]) => old.get(name) !== id).map(([name]) => name)).toEqual(["auth"]);
    const back = await previewDomain(scene.ctx(), { ref, hostname, act: "remove" });
    expect(back.settings).toEqual(before.settings.map(({ name, before: a, after: b }) => ({ name, before: b, after: a })));
    expect((await ended(remove())).status).toBe("done");
    expect([await publicUrl(), authUrl(), served(), await domain()]).toEqual(["http://127.0.0.1:8100", "http://127.0.0.1:8100/auth/v1", [], undefined]);
  });

  test("what somebody changed since is theirs when it is removed", async () => {
    await add();
    await attach();
    await ended(editProject(scene.ctx(), { ref, publicUrl: "https://proxy.example.com" }));
    await ended(remove());
    expect(await publicUrl()).toBe("https://proxy.example.com");
  });

  test("a further name is opened without telling the services, can be made the main one, and each goes back to the one before", async () => {
    await add();
    await attach();
    await add({ hostname: "shop.example.com" });
    expect((await attach("shop.example.com")).status).toBe("done");
    expect([await publicUrl(), (await domain("shop.example.com"))?.isMain]).toEqual([`https://${hostname}`, false]);
    await expect(attachDomain(scene.ctx(), { ref, hostname: "shop.example.com" })).rejects.toMatchObject({ code: "open-already" });
    expect((await attach("shop.example.com", true)).status).toBe("done");
    expect([await publicUrl(), (await domain())?.isMain]).toEqual(["https://shop.example.com", false]);
    expect((await attach(hostname, true)).status).toBe("done");
    await ended(remove("shop.example.com"));
    expect([await publicUrl(), (await domain())?.isMain]).toEqual([`https://${hostname}`, true]);
    await ended(remove());
    expect(await publicUrl()).toBe("http://127.0.0.1:8100");
  });

  test("one that is not served is forgotten at once; of a paused project an open one is closed without starting anything", async () => {
    await add({ hostname: "b.example.com" });
    expect(await remove("b.example.com")).toEqual({ operationId: null });
    await add();
    await attach();
    await ended(pauseProject(scene.ctx(), { ref }));
    expect((await ended(remove())).status).toBe("done");
    expect([await publicUrl(), served(), (await scene.project(ref))?.state]).toEqual(["http://127.0.0.1:8100", [], "paused"]);
  });
});

describe("bad days of attaching: all goes back, and the domain says why", () => {
  async function expectBack(words: string): Promise<void> {
    await add();
    const operation = await attach();
    expect([operation.status, reasonOf(operation)]).toEqual(["undone", expect.stringContaining(words)]);
    expect(await domain()).toMatchObject({ state: "failed", isMain: false, stateReason: reasonOf(operation) });
    expect([await publicUrl(), authUrl(), served(), (await scene.project(ref))?.state]).toEqual(["http://127.0.0.1:8100", "http://127.0.0.1:8100/auth/v1", [], "ready"]);
  }

  test("DNS leads elsewhere", async () => {
    scene.outside.addresses[hostname] = ["8.8.8.8"];
    await expectBack("leads to 8.8.8.8");
  });

  test("the rehearsal is refused: the authority itself is not asked", async () => {
    scene.edgeWorld.refusals.push({ hostname, directoryUrl: "https://acme-staging-v02.api.letsencrypt.org/directory", detail: "93.184.216.34: Fetching http://api.example.com/: Connection refused" });
    await expectBack("did not reach this machine");
    expect(scene.edgeWorld.certificates).toEqual([]);
  });

  test("the authority limits its rate", async () => {
    scene.edgeWorld.refusals.push({ hostname, directoryUrl: "https://acme-v02.api.letsencrypt.org/directory", detail: "HTTP 429 urn:ietf:params:acme:error:rateLimited - too many certificates already issued, retry after 2026-12-01" });
    await expectBack("was asked too often. It says: HTTP 429");
  });

  test("the authority lies: its certificate is one that nobody trusts", async () => {
    scene.outside.distrust = "its root is none that this machine trusts";
    await expectBack("browsers would not trust");
  });

  test("the authority lies: its certificate is for another name", async () => {
    scene.outside.showsNames = ["other.example.com"];
    await expectBack("No good certificate is shown");
  });

  test("port 80 is taken between the look and the load", async () => {
    await add();
    const operation = await (async () => {
      const asked = await attachDomain(scene.ctx(), { ref, hostname });
      scene.edgeWorld.portsHeldByOthers.push(":80");
      return scene.ended(asked.operationId);
    })();
    expect([operation.status, reasonOf(operation)]).toEqual(["undone", expect.stringContaining("ort 80 is held by another program")]);
    expect((await domain())?.state).toBe("failed");
  });

  test("the contract does not pass through the name", async () => {
    await add();
    const { operationId } = await attachDomain(scene.ctx(), { ref, hostname });
    scene.world.deadRoutes.push("rest-");
    const operation = await scene.ended(operationId);
    scene.world.deadRoutes.length = 0;
    expect([operation.status, reasonOf(operation)]).toEqual(["undone", expect.stringContaining(`through https://${hostname} were not answered`)]);
    expect([await publicUrl(), (await domain())?.state, served()]).toEqual(["http://127.0.0.1:8100", "failed", []]);
  });
});

describe("a certificate of one's own, and the internal authority", () => {
  test("an uploaded one is served, its key is kept encrypted, and another takes its place without closing the name", async () => {
    const [first, second] = [await makePair({ names: ["*.example.com"] }), await makePair({ names: ["*.example.com", hostname] })];
    await add({ tls: "uploaded", ...first });
    expect((await domain())?.certificate).toMatchObject({ names: ["*.example.com"], issuer: "test", level: "ok" });
    const stored = () => scene.store.db.domain.findUniqueOrThrow({ where: { hostname } });
    expect((await stored()).keyCiphertext).toMatch(/^sealed\./);
    expect((await attach()).status).toBe("done");
    expect((await stored()).keyCiphertext).toMatch(/^v1\./);
    const { operationId } = await replaceCertificate(scene.ctx(), { ref, hostname, ...second });
    expect((await scene.ended(operationId ?? "")).status).toBe("done");
    expect([(await stored()).certificatePem, (await domain())?.state, served()]).toEqual([second.certificatePem, "open", [":443", ":80"]]);
    await expect(replaceCertificate(scene.ctx(), { ref, hostname, certificatePem: first.certificatePem, keyPem: second.keyPem })).rejects.toMatchObject({ fields: { keyPem: expect.stringContaining("does not belong") } });
  });

  test("a wildcard takes every name of its zone and is no main address", async () => {
    await add({ hostname: "*.example.com", tls: "uploaded", ...(await makePair({ names: ["*.example.com"] })) });
    expect((await attach("*.example.com")).status).toBe("done");
    expect([await publicUrl(), (await domain("*.example.com"))?.state]).toEqual(["http://127.0.0.1:8100", "open"]);
    await expect(attachDomain(scene.ctx(), { ref, hostname: "*.example.com", isMain: true })).rejects.toThrow("A wildcard is no address");
  });

  test("the internal authority serves a name that public DNS does not know", async () => {
    scene.outside.addresses["nas.lan"] = [];
    await add({ hostname: "nas.lan", tls: "internal" });
    expect((await attach("nas.lan")).status).toBe("done");
    expect([await publicUrl(), scene.edgeWorld.certificates.map(({ authority }) => authority)]).toEqual(["https://nas.lan", ["local"]]);
    await expect(replaceCertificate(scene.ctx(), { ref, hostname: "nas.lan", certificatePem: "", keyPem: "" })).rejects.toMatchObject({ code: "not-uploaded" });
  });
});

test("HTTP redirect and HSTS of an open name change while it is served", async () => {
  await add();
  await attach();
  const { operationId } = await changeDomain(scene.ctx(), { ref, hostname, hstsSeconds: 86_400 });
  expect((await scene.ended(operationId ?? "")).status).toBe("done");
  expect([(await domain())?.hstsSeconds, JSON.stringify(scene.edgeWorld.document).includes("max-age=86400")]).toEqual([86_400, true]);
  expect(await changeDomain(scene.ctx(), { ref, hostname, hstsSeconds: 86_400 })).toEqual({ operationId: null });
});

describe("expiry is watched, whoever issued the certificate", () => {
  const loop = () => {
    const told: string[] = [];
    const log = { info: () => undefined, warn: (_detail: object, sentence?: string) => void told.push(sentence ?? "") };
    return { told, edge: new EdgeLoop({ tools: scene.tools(), log }) };
  };
  const dayMs = 24 * 3_600_000;

  test("one that the edge got is seen, warns at 21 and 7 days and when it has ended, says why it was not renewed, and each is logged once", async () => {
    await add();
    await attach();
    const { told, edge } = loop();
    await edge.lookOnce(never);
    expect((await domain())?.certificate).toMatchObject({ names: [hostname], level: "ok", daysLeft: 90, problem: null });
    scene.edgeWorld.issuances[hostname] = { state: "failed", detail: "Connection refused", atMs: Date.now() };
    const seen: unknown[] = [];
    for (const days of [70, 14, 7]) {
      scene.clock.advance(days * dayMs);
      await edge.lookOnce(never);
      await edge.lookOnce(never);
      const certificate = (await domain())?.certificate;
      seen.push([certificate?.level, certificate?.problem]);
    }
    expect(seen).toEqual([["soon", "Connection refused"], ["urgent", "Connection refused"], ["expired", "Connection refused"]]);
    expect(told).toEqual([`the certificate of ${hostname} ends soon`, `the certificate of ${hostname} ends soon`, `the certificate of ${hostname} has ended`]);
  });

  test("a short-lived one warns when less than a quarter of its life is left, and an uploaded one like any other", async () => {
    await add({ tls: "uploaded", ...(await makePair({ names: [hostname], days: 90 })) });
    await add({ hostname: "b.example.com", tls: "internal" });
    await attach();
    await attach("b.example.com", false);
    const internal = scene.edgeWorld.certificates.find(({ authority }) => authority === "local");
    if (internal !== undefined) internal.notAfterMs = internal.notBeforeMs + 12 * 3_600_000;
    scene.clock.advance(10 * 3_600_000);
    await loop().edge.lookOnce(never);
    expect([(await domain())?.certificate?.level, (await domain("b.example.com"))?.certificate?.level]).toEqual(["ok", "soon"]);
    scene.clock.advance(84 * dayMs);
    await loop().edge.lookOnce(never);
    expect((await domain())?.certificate?.level).toBe("urgent");
  });
});
