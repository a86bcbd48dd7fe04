import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Actor } from "@/lib/access/actor";
import { createProject } from "../create-project";
import { deleteProject } from "../delete-project";
import { editProject } from "../edit-project";
import { getOperation } from "../get-operation";
import { pauseProject } from "../pause-project";
import { openScene, type Scene } from "../scene.fixture";
import { addDomain } from "./add-domain";
import { attachDomain, removeDomain } from "./attach-domain";
import { changeDomain } from "./change-domain";
import { checkDomain } from "./check-domain";
import { actsOf, hostname, never, panel, ref } from "./domain-acts.fixture";
import { listDomains } from "./list-domains";
import { previewDomain } from "./preview-domain";

let scene: Scene;
const { setUp, ended, create, add, attach, remove, domain, publicUrl, reasonOf, served, authUrl } = actsOf(() => scene);

beforeEach(async () => {
  scene = await openScene();
  onTestFinished(() => scene.close());
  await setUp();
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
    expect(await getOperation(scene.ctx(), operation.id)).toMatchObject({ title: "Attach domain", summary: `Attach ${hostname} to ${ref}` });
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

test("HTTP redirect and HSTS of an open name change while it is served", async () => {
  await add();
  await attach();
  const { operationId } = await changeDomain(scene.ctx(), { ref, hostname, hstsSeconds: 86_400 });
  expect((await scene.ended(operationId ?? "")).status).toBe("done");
  expect([(await domain())?.hstsSeconds, JSON.stringify(scene.edgeWorld.document).includes("max-age=86400")]).toEqual([86_400, true]);
  expect(await changeDomain(scene.ctx(), { ref, hostname, hstsSeconds: 86_400 })).toEqual({ operationId: null });
});
