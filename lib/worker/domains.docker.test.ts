import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAll, send } from "@/lib/adapters/edge/edge-scene.fixture";
import { blockedName, startPebble, type Pebble } from "@/lib/adapters/edge/pebble.fixture";
import { testDocker } from "@/lib/adapters/docker/testing.fixture";
import { LABEL } from "@/lib/engine/observed";
import { createProject } from "@/lib/projects/create-project";
import { addDomain } from "@/lib/projects/domains/add-domain";
import { attachDomain, removeDomain } from "@/lib/projects/domains/attach-domain";
import { makePair } from "@/lib/projects/domains/certificates.fixture";
import { replaceCertificate } from "@/lib/projects/domains/change-domain";
import { checkDomain } from "@/lib/projects/domains/check-domain";
import { readInternalRoot } from "@/lib/projects/domains/internal-root";
import type { AddDomainInput } from "@/lib/projects/domains/inputs";
import { listDomains } from "@/lib/projects/domains/list-domains";
import { edgeSettingKey, readEdgeSetting } from "@/lib/projects/edge/edge-setting";
import { turnEdgeOn } from "@/lib/projects/edge/turn-edge";
import { writeSetting } from "@/lib/projects/installation";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { startRealWorker, type RealWorker } from "./real-worker.fixture";

/** Domains of a project of the lab's real components: the real Caddy, Let's Encrypt's own test server twice (live and staging), and its DNS server. */
const ref = "shop";
const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), "basehold-domains-"));
let [httpPort, httpsPort] = [0, 0];
let [live, staging]: Pebble[] = [];
let worker: RealWorker;

beforeAll(async () => {
  [httpPort, httpsPort] = [await freePort(), await freePort()];
  const start = (name: string) => startPebble(mkdtempSync(join(folder, name)), { httpPort, httpsPort });
  [live, staging] = [await start("live"), await start("staging")];
  worker = await startRealWorker({ dnsServers: [live.dnsServer] });
  const { store } = worker.parts;
  const caRootPem = [live.caRootPem, staging.caRootPem, await live.issuingRoot()].join("\n");
  const acme = { directoryUrl: live.directoryUrl, stagingDirectoryUrl: staging.directoryUrl, email: null, caRootPem };
  await writeSetting(store.db, edgeSettingKey, { ...(await readEdgeSetting(store.db)), acme, httpPort, httpsPort, publicAddresses: ["127.0.0.1"] }, new Date());
});
afterAll(async () => {
  await worker.close();
  await Promise.all([live?.stop(), staging?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

test("a project is made behind the edge", { timeout: 180_000 }, async () => {
  await worker.ended(turnEdgeOn(worker.ctx));
  await worker.ended(createProject(worker.ctx, { displayName: "Shop", ref, services: ["db", "api-gw", "auth", "rest"] }));
});

const add = (hostname: string, more: Partial<AddDomainInput> = {}) => addDomain(worker.ctx, { ref, hostname, ...more }, { panelUrl: null });
const attach = (hostname: string, ends?: string, isMain?: boolean) => worker.ended(attachDomain(worker.ctx, { ref, hostname, isMain }), ends);
const remove = (hostname: string) => worker.ended(removeDomain(worker.ctx, { ref, hostname }));
const find = async (hostname: string) => (await listDomains(worker.ctx, { ref })).domains.find((each) => each.hostname === hostname);
const look = (hostname: string) => checkDomain(worker.ctx, worker.parts.tools, { ref, hostname }, never);
const item = async (hostname: string, id: string) => (await look(hostname)).items.find((each) => each.id === id);

/** Asks as a browser would that trusts this root and was sent here by DNS. */
function askOverTls(hostname: string, ca: string): Promise<{ status: number; issuer: string; fingerprint: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: httpsPort, servername: hostname, path: "/auth/v1/health", headers: { host: hostname }, ca, agent: false }, (response) => {
      const certificate = "getPeerX509Certificate" in response.socket && typeof response.socket.getPeerX509Certificate === "function" ? (response.socket.getPeerX509Certificate() as { issuer: string; fingerprint256: string }) : { issuer: "", fingerprint256: "" };
      void readAll(response).then(() => resolve({ status: response.statusCode ?? 0, issuer: certificate.issuer, fingerprint: certificate.fingerprint256 }), reject);
    });
    sent.once("error", reject);
    sent.end();
  });
}

async function authEnvironment(): Promise<string[]> {
  const docker = testDocker();
  const [found] = await docker.listContainers({ filters: { label: [`${LABEL.instance}=${worker.parts.tools.instanceId}`, `${LABEL.service}=auth`] } });
  return (await docker.getContainer(found?.Id ?? "").inspect()).Config.Env;
}

describe("a domain with a certificate by ACME", () => {
  const hostname = "api.shop.test";

  test("is looked at, rehearsed, certified and proven, answers over HTTPS, and the services are told", { timeout: 180_000 }, async () => {
    await add(hostname);
    expect(await look(hostname)).toMatchObject({ isReady: true, found: [{ type: "A", name: hostname, value: "127.0.0.1" }], wanted: [{ type: "A", name: hostname, value: "127.0.0.1" }] });
    await attach(hostname);
    const root = await live?.issuingRoot() ?? "";
    expect(await askOverTls(hostname, root)).toMatchObject({ status: 401, issuer: expect.stringContaining("Pebble") });
    expect((await send({ port: httpPort, host: hostname, path: "/auth/v1/health" })).headers.location).toBe(`https://${hostname}:${String(httpsPort)}/auth/v1/health`);
    expect(await authEnvironment()).toContain(`API_EXTERNAL_URL=https://${hostname}:${String(httpsPort)}/auth/v1`);
    expect(await find(hostname)).toMatchObject({ state: "open", isMain: true, certificate: null });
    expect((await look(hostname)).items.filter(({ id }) => id.startsWith("reach")).map(({ id, state }) => `${id} ${state}`)).toEqual(["reach-http ok", "reach-https ok"]);
  });

  test("a further one is refused by the authority, in its own words, and the first is served on", { timeout: 180_000 }, async () => {
    await add(blockedName);
    await attach(blockedName, "undone");
    expect(await find(blockedName)).toMatchObject({ state: "failed", stateReason: expect.stringContaining(`does not certify names such as ${blockedName}`) });
    expect((await askOverTls(hostname, await live?.issuingRoot() ?? "")).status).toBe(401);
    await removeDomain(worker.ctx, { ref, hostname: blockedName });
  });

  test("a certificate of one's own takes the place of the authority's, and whoever connects meanwhile is shown the one or the other", { timeout: 180_000 }, async () => {
    const own = await makePair({ names: [hostname] });
    const either = `${await live?.issuingRoot() ?? ""}\n${own.certificatePem}`;
    let isReplacing = true;
    const replaced = worker.ended(replaceCertificate(worker.ctx, { ref, hostname, ...own })).finally(() => (isReplacing = false));
    const answers: string[] = [];
    // A load closes connections that are being made (decision 12): a client makes another.
    const askTwice = () => askOverTls(hostname, either).catch(() => askOverTls(hostname, either));
    while (isReplacing) answers.push(await askTwice().then(({ status }) => String(status), String));
    await replaced;
    expect([new Set(answers), (await askOverTls(hostname, own.certificatePem)).status]).toEqual([new Set(["401"]), 401]);
    expect(await find(hostname)).toMatchObject({ tls: "uploaded", state: "open", isMain: true });
  });

  test("removed, the services have the address from before, and the name is not answered", { timeout: 180_000 }, async () => {
    await remove(hostname);
    const { localUrl, domains } = await listDomains(worker.ctx, { ref });
    expect([domains, await authEnvironment()]).toEqual([[], expect.arrayContaining([`API_EXTERNAL_URL=${localUrl}/auth/v1`])]);
    await expect(askOverTls(hostname, await live?.issuingRoot() ?? "")).rejects.toThrow();
  });
});

describe("what stands in the way is said before anything is asked of the authority", () => {
  test("DNS that leads elsewhere, with where", async () => {
    await live?.tellDns("add-a", { host: "elsewhere.test.", addresses: ["192.0.2.7"] });
    await add("elsewhere.test");
    expect(await item("elsewhere.test", "dns")).toMatchObject({ state: "stop", sentence: expect.stringContaining("leads to 192.0.2.7, which is not this machine. Change it to A 127.0.0.1") });
    await attach("elsewhere.test", "undone");
    expect((await find("elsewhere.test"))?.stateReason).toContain("192.0.2.7");
  });

  test("a CNAME is followed, and one more address beside the right one is not passed over", async () => {
    await live?.tellDns("set-cname", { host: "alias.test.", target: "target.test." });
    await live?.tellDns("add-aaaa", { host: "target.test.", addresses: ["2001:db8::7"] });
    await add("alias.test");
    expect((await look("alias.test")).found).toEqual([{ type: "CNAME", name: "alias.test", value: "target.test" }, { type: "A", name: "target.test", value: "127.0.0.1" }, { type: "AAAA", name: "target.test", value: "2001:db8::7" }]);
    expect(await item("alias.test", "dns")).toMatchObject({ state: "stop", sentence: expect.stringContaining("2001:db8::7 as well") });
  });

  test("a CAA record of the parent", async () => {
    await live?.tellDns("add-caa", { host: "guarded.test.", policies: [{ tag: "issue", value: "other.example" }] });
    await add("api.guarded.test");
    expect(await item("api.guarded.test", "caa")).toMatchObject({ sentence: expect.stringContaining("CAA records of guarded.test permit other.example") });
  });

  test("port 80 held by another program, also when the look came before it", { timeout: 120_000 }, async () => {
    await add("held.test");
    const holder = createServer().listen(httpPort, "0.0.0.0");
    await once(holder, "listening");
    expect(await item("held.test", "port-http")).toMatchObject({ state: "stop", sentence: expect.stringContaining(`Port ${String(httpPort)} is held by another program`) });
    await attach("held.test", "undone");
    holder.close();
    expect((await find("held.test"))?.stateReason).toContain("is held by another program");
    await attach("held.test");
    expect((await find("held.test"))?.state).toBe("open");
    await remove("held.test");
  });
});

describe("certificates that no authority is asked for", () => {
  test("an uploaded one is served, and another takes its place while the name is open", { timeout: 180_000 }, async () => {
    const [first, second] = [await makePair({ names: ["own.test"] }), await makePair({ names: ["own.test"] })];
    await add("own.test", { tls: "uploaded", ...first });
    await attach("own.test", undefined, false);
    const before = await askOverTls("own.test", first.certificatePem);
    await worker.ended(replaceCertificate(worker.ctx, { ref, hostname: "own.test", ...second }));
    const after = await askOverTls("own.test", second.certificatePem);
    expect([before.status, after.status, before.fingerprint === after.fingerprint]).toEqual([401, 401, false]);
    await remove("own.test");
  });

  test("one by the internal authority is trusted by its root, which can be downloaded", { timeout: 180_000 }, async () => {
    await add("nas.lan", { tls: "internal" });
    await attach("nas.lan", undefined, false);
    const { pem } = await readInternalRoot(worker.ctx, worker.parts.tools, ref, never);
    expect((await askOverTls("nas.lan", pem ?? "")).status).toBe(401);
    await remove("nas.lan");
  });
});
