import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { EdgeLoop } from "@/lib/worker/keep-edge";
import { openScene, type Scene } from "../scene.fixture";
import { attachDomainWorkflow } from "../workflows/domain-attach-workflow";
import { attachDomain } from "./attach-domain";
import { makePair } from "./certificates.fixture";
import { replaceCertificate } from "./change-domain";
import { actsOf, hostname, never, ref } from "./domain-acts.fixture";

let scene: Scene;
const { setUp, add, attach, domain, publicUrl, served } = actsOf(() => scene);

beforeEach(async () => {
  scene = await openScene();
  onTestFinished(() => scene.close());
  await setUp();
});

const notRehearsed = ["check", "issue", "verify", "images", "services", "open", "prove"];

describe("a certificate of one's own, and the internal authority, with no rehearsal among the steps", () => {
  test("an uploaded one is served, its key is kept encrypted, and another takes its place without closing the name", async () => {
    const [first, second] = [await makePair({ names: ["*.example.com"] }), await makePair({ names: ["*.example.com", hostname] })];
    await add({ tls: "uploaded", ...first });
    expect((await domain())?.certificate).toMatchObject({ names: ["*.example.com"], issuer: "test", level: "ok" });
    const stored = () => scene.store.db.domain.findUniqueOrThrow({ where: { hostname } });
    expect((await stored()).keyCiphertext).toMatch(/^sealed\./);
    const attached = await attach();
    expect([attached.status, attached.steps.map(({ key }) => key)]).toEqual(["done", notRehearsed]);
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

  test("the internal authority serves a name that public DNS does not know, and says that this machine alone was asked", async () => {
    scene.outside.addresses["nas.lan"] = [];
    await add({ hostname: "nas.lan", tls: "internal" });
    const attached = await attach("nas.lan");
    expect([attached.status, attached.steps.map(({ key }) => key)]).toEqual(["done", notRehearsed]);
    expect([await publicUrl(), scene.edgeWorld.certificates.map(({ authority }) => authority)]).toEqual(["https://nas.lan", ["local"]]);
    const said = (id: string) => scene.store.db.operationEvent.count({ where: { operationId: id, message: { contains: "Asked on this machine alone, for nas.lan" } } });
    expect(await said(attached.id)).toBe(1);
  });
});

describe("one's own in place of one that the edge got", () => {
  const stored = () => scene.store.db.domain.findUniqueOrThrow({ where: { hostname } });

  test("it is served without closing the name, and what the edge got is shown again when it is not", async () => {
    await add();
    await attach();
    const good = await makePair({ names: [hostname] });
    const replace = async (pair: typeof good) => scene.ended((await replaceCertificate(scene.ctx(), { ref, hostname, ...pair })).operationId ?? "");
    expect((await replace(good)).status).toBe("done");
    expect([(await stored()).tls, (await stored()).certificatePem, (await domain())?.state]).toEqual(["uploaded", good.certificatePem, "open"]);
    await scene.store.db.domain.update({ where: { hostname }, data: { tls: "acme", certificatePem: null, keyCiphertext: null } });
    scene.outside.showsNames = ["another.example.com"];
    expect((await replace(good)).status).toBe("undone");
    expect([(await stored()).tls, (await stored()).certificatePem, (await stored()).keyCiphertext, (await domain())?.state]).toEqual(["acme", null, null, "open"]);
  });

  test("of a name that nothing serves yet it is written down alone", async () => {
    await add();
    expect(await replaceCertificate(scene.ctx(), { ref, hostname, ...(await makePair({ names: [hostname] })) })).toEqual({ operationId: null });
    expect((await stored()).tls).toBe("uploaded");
    expect((await attach()).steps.map(({ key }) => key)).toEqual(notRehearsed);
  });
});

test("an attaching that an earlier version stored is taken up with its rehearsal", () => {
  const { steps, parseInput } = attachDomainWorkflow(scene.tools());
  const stored = parseInput({ projectId: "p", domainId: "d", makesMain: false, wasOpen: false, before: { settings: { publicUrl: "", siteUrl: "", redirectUrls: [] }, domains: [] } });
  expect(steps.filter(({ isNeeded }) => isNeeded?.(stored) ?? true).map(({ key }) => key)).toEqual(["check", "rehearse", "issue", "verify", "open", "prove"]);
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

  test("a short-lived one that the edge renews warns when less than a quarter of its life is left, an uploaded one at 21 and 7 days however short-lived", async () => {
    await add({ tls: "uploaded", ...(await makePair({ names: [hostname], days: 16 })) });
    await add({ hostname: "b.example.com", tls: "internal" });
    await attach();
    await attach("b.example.com", false);
    const internal = scene.edgeWorld.certificates.find(({ authority }) => authority === "local");
    if (internal !== undefined) internal.notAfterMs = internal.notBeforeMs + 12 * 3_600_000;
    scene.clock.advance(10 * 3_600_000);
    await loop().edge.lookOnce(never);
    expect([(await domain())?.certificate?.level, (await domain("b.example.com"))?.certificate?.level]).toEqual(["soon", "soon"]);
    scene.clock.advance(12 * dayMs);
    await loop().edge.lookOnce(never);
    expect((await domain())?.certificate?.level).toBe("urgent");
  });
});
