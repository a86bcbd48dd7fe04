import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { ForbiddenError, InvalidError } from "@/lib/access/errors";
import type { Actor } from "@/lib/access/actor";
import { listenersOf } from "@/lib/gateway/edge-version";
import { createProject } from "../create-project";
import { openScene, type Scene } from "../scene.fixture";
import { editEdge as editEdgeOf } from "./edit-edge";
import { readEdgeSetting } from "./edge-setting";
import { turnEdgeOff, turnEdgeOn } from "./turn-edge";

const never = new AbortController().signal;
const panelHost = { hostname: "panel.example.com", tls: "internal" as const };
let scene: Scene;
const editEdge = (ctx: Parameters<typeof editEdgeOf>[0], input: Parameters<typeof editEdgeOf>[1]) => editEdgeOf(ctx, input, { panelPort: 3000 });

beforeEach(async () => {
  scene = await openScene();
  onTestFinished(() => scene.close());
  scene.startWorker();
});

const ended = async (asked: Promise<{ operationId: string | null }>) => scene.ended((await asked).operationId ?? "");
const turnOn = async () => expect((await ended(turnEdgeOn(scene.ctx()))).status).toBe("done");
const setting = () => readEdgeSetting(scene.store.db);
const served = () => JSON.stringify(scene.edgeWorld.document);
const addDomain = async (hostname: string) => {
  await ended(createProject(scene.ctx(), { displayName: "shop", ref: "shop", services: ["db", "api-gw", "auth", "rest"] }));
  const project = await scene.project("shop");
  const now = scene.clock.now();
  await scene.store.db.domain.create({ data: { id: "d1", projectId: project?.id ?? "", hostname, kind: "api", tls: "internal", state: "open", isMain: false, redirectsHttp: true, createdAt: now, updatedAt: now } });
};

describe("the panel's own name", () => {
  test("is served by the edge, asked under it, and kept", async () => {
    await turnOn();
    expect((await ended(editEdge(scene.ctx(), { panelHost }))).status).toBe("done");
    expect((await setting()).panelHost).toEqual({ ...panelHost, redirectsHttp: true, hstsSeconds: null });
    expect(listenersOf(scene.edgeWorld.document)).toEqual([":443", ":80"]);
    expect(served()).toContain('"dial":"127.0.0.1:3000"');
  });

  test("that does not answer goes back, and the edge serves what it served before", async () => {
    await turnOn();
    await scene.tools().edge.sync(never);
    const before = served();
    scene.gateway.isBroken = true;
    const operation = await ended(editEdge(scene.ctx(), { panelHost }));
    expect([operation.status, operation.errorJson]).toEqual(["undone", expect.stringContaining("The panel did not answer under panel.example.com: connection refused. It stays where it was.")]);
    expect([(await setting()).panelHost, served()]).toEqual([null, before]);
  });

  test("whose certificate the authority refuses goes back at once, with the authority's words", async () => {
    await turnOn();
    scene.gateway.isBroken = true;
    const detail = "DNS problem: NXDOMAIN looking up A for panel.example.com";
    Object.assign(scene.edgeWorld, { refusals: [{ hostname: "panel.example.com", detail }], issuances: { "panel.example.com": { state: "failed", detail, atMs: scene.clock.now().getTime() + 3_600_000 } } });
    const operation = await ended(editEdge(scene.ctx(), { panelHost: { ...panelHost, tls: "acme" } }));
    expect([operation.status, operation.errorJson]).toEqual(["undone", expect.stringContaining("NXDOMAIN")]);
  });

  test("waits for a port that another program holds, says which, and another port can be chosen", async () => {
    await turnOn();
    scene.edgeWorld.portsHeldByOthers.push(":80");
    const refused = await ended(editEdge(scene.ctx(), { panelHost }));
    expect([refused.status, refused.errorJson]).toEqual(["undone", expect.stringContaining("Port 80 is held by another program")]);
    expect((await ended(editEdge(scene.ctx(), { panelHost, httpPort: 8080 }))).status).toBe("done");
    expect(listenersOf(scene.edgeWorld.document)).toEqual([":443", ":8080"]);
  });

  test("is left out while another program holds its port, and every project is served on", async () => {
    await turnOn();
    await ended(createProject(scene.ctx(), { displayName: "shop", ref: "shop", services: ["db", "api-gw", "auth", "rest"] }));
    await ended(editEdge(scene.ctx(), { panelHost }));
    scene.edgeWorld.document = null;
    scene.edgeWorld.portsHeldByOthers.push(":443");
    expect((await scene.tools().edge.sync(never)).leftOut).toEqual([":443"]);
    expect(listenersOf(scene.edgeWorld.document)).toEqual(["127.0.0.1:8100"]);
  });

  test("is no name of a project, keeps the edge on, and needs the edge", async () => {
    await expect(editEdge(scene.ctx(), { panelHost })).rejects.toThrow("The edge is off.");
    await turnOn();
    await addDomain("api.example.com");
    await expect(editEdge(scene.ctx(), { panelHost: { ...panelHost, hostname: "API.example.com." } })).rejects.toMatchObject({ code: "name-taken", fields: { "panelHost.hostname": expect.stringContaining("is a domain of shop") as string } });
    await ended(editEdge(scene.ctx(), { panelHost }));
    await scene.store.db.domain.deleteMany();
    await expect(turnEdgeOff(scene.ctx())).rejects.toThrow("The edge serves the panel itself under panel.example.com.");
    expect((await ended(editEdge(scene.ctx(), { panelHost: null }))).status).toBe("done");
    expect(served()).not.toContain("panel.example.com");
  });
});

describe("what is typed", () => {
  test.each([
    ["panelHost.hostname", { panelHost: { ...panelHost, hostname: "https://panel.example.com" } }],
    ["panelHost.hostname", { panelHost: { ...panelHost, hostname: "panel.example.com:8443" } }],
    ["panelHost.hostname", { panelHost: { ...panelHost, hostname: "*.example.com" } }],
    ["panelHost.hostname", { panelHost: { ...panelHost, hostname: "10.0.0.1" } }],
    ["panelHost.hostname", { panelHost: { ...panelHost, hostname: "a b" } }],
    ["panelHost.hstsSeconds", { panelHost: { ...panelHost, tls: "none" as const, hstsSeconds: 60 } }],
    ["acme.directoryUrl", { acme: { directoryUrl: "http://ca.example.com/dir", email: null } }],
    ["acme.directoryUrl", { acme: { directoryUrl: "https://user@ca.example.com/dir", email: null } }],
    ["acme.email", { acme: { directoryUrl: "https://ca.example.com/dir", email: "nobody" } }],
    ["acme.caRootPem", { acme: { directoryUrl: "https://ca.example.com/dir", email: null, caRootPem: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" } }],
    ["httpPort", { httpPort: 0 }],
    ["httpsPort", { httpPort: 8080, httpsPort: 8080 }],
    ["trustedProxies.0", { trustedProxies: ["10.0.0.0/33"] }],
    ["publicAddresses.1", { publicAddresses: ["203.0.113.7", "0.0.0.0"] }],
  ])("%s that breaks a rule is named", async (field, input) => {
    await turnOn();
    await expect(editEdge(scene.ctx(), input)).rejects.toMatchObject({ fields: { [field]: expect.any(String) as string } });
    await expect(editEdge(scene.ctx(), input)).rejects.toBeInstanceOf(InvalidError);
  });

  test("an international name becomes the form that certificates hold", async () => {
    await turnOn();
    await ended(editEdge(scene.ctx(), { panelHost: { ...panelHost, hostname: "Tafel.Bücher.example" } }));
    expect((await setting()).panelHost?.hostname).toBe("tafel.xn--bcher-kva.example");
  });

  test("is kept while the edge is off, changes nothing twice, and leaves what was not named", async () => {
    const acme = { directoryUrl: "https://ca.example.com/dir", email: "ops@example.com" };
    expect((await ended(editEdge(scene.ctx(), { acme }))).status).toBe("done");
    expect(await editEdge(scene.ctx(), { acme })).toEqual({ operationId: null });
    await ended(editEdge(scene.ctx(), { trustedProxies: ["10.0.0.0/8"] }));
    expect(await setting()).toMatchObject({ isOn: false, acme: { ...acme, caRootPem: null }, trustedProxies: ["10.0.0.0/8"], httpPort: 80 });
    expect(scene.edgeWorld.state).toBe("absent");
  });

  test("other ports are refused while a project has a domain, which was told so", async () => {
    await turnOn();
    await addDomain("api.example.com");
    await expect(editEdge(scene.ctx(), { httpsPort: 8443 })).rejects.toThrow("api.example.com of shop is served on the ports as they are");
  });

  test.each(["httpPort", "httpsPort"] as const)("%s may be no port of a project and not the panel's, and is told whose it is", async (field) => {
    await turnOn();
    await ended(createProject(scene.ctx(), { displayName: "shop", ref: "shop", services: ["db", "api-gw", "auth", "rest"] }));
    const held = await scene.store.db.portAllocation.findMany({ select: { port: true, purpose: true } });
    expect(held.map(({ purpose }) => purpose)).toEqual(expect.arrayContaining(["gateway", "gateway-inner"]));
    for (const { port, purpose } of held) {
      const words = `Port ${port} ${purpose === "gateway" ? "is the address" : "belongs to a service"} of the project shop. Choose another one.`;
      await expect(editEdge(scene.ctx(), { [field]: port })).rejects.toMatchObject({ fields: { [field]: words } });
    }
    await expect(editEdge(scene.ctx(), { [field]: 3000 })).rejects.toMatchObject({ fields: { [field]: "Port 3000 is the panel's own. Choose another one." } });
    expect(await setting()).toMatchObject({ httpPort: 80, httpsPort: 443 });
  });

  test("is an owner's or admin's, audited with what was before, and not while the edge is changed", async () => {
    const operator: Actor = { kind: "user", userId: "u", sessionId: "s", name: "Op", email: "op@example.com", installationRole: "operator", projectRoles: {}, passwordProvedAt: scene.clock.now(), ip: null };
    await expect(editEdge(scene.ctx(operator), { panelHost: null, httpPort: 8080 })).rejects.toBeInstanceOf(ForbiddenError);
    await ended(editEdge(scene.ctx(), { httpPort: 8080, httpsPort: 8443 }));
    expect(await scene.store.db.auditEntry.findFirst({ where: { action: "edge.edit" } })).toMatchObject({ summary: "Change the edge: ports 8080 and 8443" });
  });
});
