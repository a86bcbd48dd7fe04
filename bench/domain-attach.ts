import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { startPebble, type Pebble } from "@/lib/adapters/edge/pebble.fixture";
import { askByName } from "@/lib/adapters/probe/ask-by-name";
import { CaddyPeer } from "./parts/caddy-peer";
import { turnEdgeOff, turnEdgeOn } from "./parts/edge-on";
import { ask, withPanel, type BenchPanel } from "./parts/panel";
import { createProject, removeProject, waitUntilDone } from "./parts/projects";
import { recordFigure } from "./parts/record";
import { rounds } from "./parts/settings";

const namesPerRound = 3;
const answerDeadlineMs = 120_000;
const pauseMs = 20;

type Ports = { httpPort: number; httpsPort: number };
/** A name server and an authority of its own for each of the two: both check a name at one pair of ports. */
type Side = Ports & { pebble: Pebble };

/** Names attached to a project, and written into the file of a Caddy in front of the same gateway, in turns. */
export async function benchDomainAttach(): Promise<void> {
  const folder = mkdtempSync("/tmp/basehold-bench-domains-");
  const dnsPort = await freePort();
  const sides: Side[] = [];
  const samples = { ours: [] as number[], peer: [] as number[] };
  const provenMs: number[] = [];
  let caddy: CaddyPeer | undefined;
  try {
    const [own, other] = [await openSide(join(folder, "own"), dnsPort), await openSide(join(folder, "other"))];
    sides.push(own, other);
    await withPanel(async (panel) => {
      const { ref } = await createProject(panel, "Named");
      await turnEdgeOn(panel, ref);
      await setEdge(panel, own);
      caddy = await CaddyPeer.start({ folder: join(folder, "caddy"), ...other, ...other.pebble, upstream: `127.0.0.1:${String(await gatewayPort(panel, ref))}` });
      for (let index = 0; index < rounds * namesPerRound; index++) {
        samples.peer.push(await timeCaddy(caddy, other, `by-hand-${String(index)}.shop.test`));
        const { answersMs, doneMs } = await timeAttach(panel, ref, own, `shop-${String(index)}.shop.test`);
        samples.ours.push(answersMs);
        provenMs.push(doneMs);
        console.log(`name ${String(index + 1)}: ${answersMs.toFixed(0)} ms, proven after ${doneMs.toFixed(0)} ms; Caddy ${samples.peer.at(-1)?.toFixed(0) ?? ""} ms`);
      }
      await removeProject(panel, ref);
      await turnEdgeOff(panel);
    }, { BASEHOLD_DNS_SERVERS: `127.0.0.1:${String(dnsPort)}` });
  } finally {
    await caddy?.stop();
    for (const { pebble } of sides) await pebble.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  recordFigure("domain-attach", { ...samples, note: `Contract proven through the name, at the longest, after ${(Math.max(...provenMs) / 1000).toFixed(1)} s` });
}

async function openSide(folder: string, dnsPort?: number): Promise<Side> {
  mkdirSync(folder);
  const ports: Ports = { httpPort: await freePort(), httpsPort: await freePort() };
  return { ...ports, pebble: await startPebble(folder, { ...ports, refusedNoncesPercent: 0, ...(dnsPort === undefined ? {} : { dnsPort }) }) };
}

async function setEdge(panel: BenchPanel, { httpPort, httpsPort, pebble: { directoryUrl, caRootPem } }: Side): Promise<void> {
  const { operationId } = await ask<{ operationId: string }>(panel, "PATCH", "/api/v1/edge", { httpPort, httpsPort, publicAddresses: ["127.0.0.1"], acme: { directoryUrl, email: null, caRootPem } });
  await waitUntilDone(panel, operationId);
}

async function gatewayPort(panel: BenchPanel, ref: string): Promise<number> {
  const { ports } = await ask<{ ports: { gatewayInner?: number } }>(panel, "GET", `/api/v1/projects/${ref}`);
  if (ports.gatewayInner === undefined) throw new Error("The project is not behind the edge.");
  return ports.gatewayInner;
}

async function timeCaddy(caddy: CaddyPeer, side: Side, hostname: string): Promise<number> {
  const startedAt = performance.now();
  await caddy.addSite(hostname);
  await untilAnswered(side, hostname);
  return performance.now() - startedAt;
}

async function timeAttach(panel: BenchPanel, ref: string, side: Side, hostname: string): Promise<{ answersMs: number; doneMs: number }> {
  await ask(panel, "POST", `/api/v1/projects/${ref}/domains`, { hostname, kind: "api", tls: "acme", redirectsHttp: true, hstsSeconds: null });
  const startedAt = performance.now();
  // Not the main address: telling the services, which restart for it, is none of Caddy's work.
  const { operationId } = await ask<{ operationId: string }>(panel, "POST", `/api/v1/projects/${ref}/domains/${hostname}/attach`, { isMain: false });
  const given = new AbortController();
  try {
    const since = () => performance.now() - startedAt;
    const [answersMs, doneMs] = await Promise.all([untilAnswered(side, hostname, given.signal).then(since), waitUntilDone(panel, operationId).then(since)]);
    return { answersMs, doneMs };
  } finally {
    // An operation that failed says why; nothing will answer.
    given.abort();
  }
}

/** The gateway behind the name asks for a key, over TLS with a certificate that the authority issued. */
async function untilAnswered({ httpsPort, pebble }: Side, hostname: string, given?: AbortSignal): Promise<void> {
  const pem = await pebble.issuingRoot();
  const deadline = AbortSignal.timeout(answerDeadlineMs);
  const signal = given === undefined ? deadline : AbortSignal.any([deadline, given]);
  while ((await askByName({ hostname, path: "/auth/v1/settings", address: { host: "127.0.0.1", port: httpsPort }, trust: { kind: "root", pem } }, signal)).status !== 401) await sleep(pauseMs);
}
