import { isPermittedUpstreamAddress } from "@/lib/gateway/addresses";
import { authorityKey, internalAuthority } from "@/lib/gateway/edge-port";
import type { NameTrust } from "@/lib/gateway/name-probe";
import { StepFailure } from "@/lib/operations/step-failure";
import { coversName, fingerprintOf } from "../domains/certificate-pair";
import { askableName, machineAddresses } from "../domains/check-domain";
import { tlsOf, type DomainRow } from "../domains/domain-row";
import type { DomainState } from "../domains/domain-views";
import type { ShownCertificate } from "../domains/name-ports";
import { tellIssuance } from "../domains/tell-issuance";
import { acmeOf, authorityOf, readEdgeSetting, type EdgeSetting } from "../edge/edge-setting";
import type { EventSink } from "./apply-stack";
import { syncEdge } from "./follow-with-edge";
import type { WorkflowTools } from "./tools";

/** An authority answers within seconds; one that is busy takes its time. */
export const certificateDeadlineMs = 150_000;
const shownDeadlineMs = 30_000;
const pauseBetweenLooksMs = 150;
const pauseBetweenHandshakesMs = 20;
/** Reading the edge's log costs it, the engine and the worker more than many handshakes do. */
const handshakesPerLook = 25;

export function failure(code: string, sentence: string, evidence: string[] = [], isRetryable = true): StepFailure {
  return new StepFailure({ code, sentence, service: null, evidence, isRetryable });
}

const say = (emit: EventSink, level: "info" | "warn" | "progress", message: string) => emit({ level, message, current: null, total: null, detail: null });

/** Serves the name in this state, and nothing of it for `added`. @throws StepFailure when another program holds the public ports */
export async function serveAs(tools: WorkflowTools, id: string, data: { state: DomainState; stateReason?: string | null }, signal: AbortSignal): Promise<void> {
  await tools.store.transaction((tx) => tx.domain.updateMany({ where: { id }, data: { ...data, updatedAt: tools.now() } }));
  const { leftOut } = await syncEdge(tools, signal, { isQuick: true });
  if (data.state === "added" || data.state === "failed") return;
  const { httpPort, httpsPort } = await readEdgeSetting(tools.store.db);
  const taken = [httpPort, httpsPort].filter((port) => leftOut.includes(`:${port}`));
  if (taken.length > 0) throw failure("port-taken", `Port ${taken.join(" and port ")} is held by another program on the engine's host, so the edge cannot serve ${await nameOf(tools, id)}. End that program, then attach the domain again.`);
}

const nameOf = async (tools: WorkflowTools, id: string) => (await tools.store.db.domain.findUnique({ where: { id }, select: { hostname: true } }))?.hostname ?? "the name";

/** When the edge last said something of the name, by its own clock; 0 when it never did. What comes later is of this attempt. */
export async function lastWordMs(tools: WorkflowTools, hostname: string, signal: AbortSignal): Promise<number> {
  return (await tools.edge.issuance(hostname, signal).catch(() => null))?.atMs ?? 0;
}

type Wanted = { hostname: string; directoryUrl: string | null; authority: string; sinceMs: number; /** Fingerprints of what the edge showed before it was asked for this one. */ shownBefore: readonly (string | null)[] };

/** The certificate that the edge shows for the name on this machine, if any; null as well when the edge is on another. */
async function readShown({ domains, store }: WorkflowTools, hostname: string, signal: AbortSignal): Promise<ShownCertificate | null> {
  if (!domains.isEngineHere()) return null;
  const { httpsPort } = await readEdgeSetting(store.db);
  return (await domains.readTls({ hostname: askableName(hostname), address: { host: "127.0.0.1", port: httpsPort }, extraRootsPem: null }, signal)).shown;
}

/** Fingerprint of the certificate that the edge shows for the name now. */
export async function shownNow(tools: WorkflowTools, hostname: string, signal: AbortSignal): Promise<string | null> {
  return (await readShown(tools, hostname, signal))?.fingerprint ?? null;
}

/** A handshake is answered within a millisecond, a look into the edge's storage takes a tenth of a second. */
async function isNewShown(tools: WorkflowTools, { hostname, shownBefore }: Wanted, signal: AbortSignal): Promise<boolean> {
  const shown = await readShown(tools, hostname, signal);
  return shown !== null && !shownBefore.includes(shown.fingerprint) && coversName(shown.facts.names, hostname) && tools.now().getTime() < shown.facts.notAfterMs;
}

/** Whether the edge holds a certificate of this authority for the name that is valid now. `directoryUrl` null: its own authority's. */
export async function holdsCertificate(tools: WorkflowTools, { hostname, directoryUrl }: Pick<Wanted, "hostname" | "directoryUrl">, signal: AbortSignal): Promise<boolean> {
  const key = directoryUrl === null ? internalAuthority : authorityKey(directoryUrl);
  const nowMs = tools.now().getTime();
  return (await tools.edge.listCertificates(signal)).some(({ authority, names, notAfterMs }) => authority === key && coversName(names, hostname) && notAfterMs > nowMs);
}

/** Waits until the edge has the certificate. @throws StepFailure with the authority's own words when it refuses, or says nothing in time */
export async function awaitCertificate(tools: WorkflowTools, wanted: Wanted, emit: EventSink, signal: AbortSignal): Promise<void> {
  const { hostname, authority, sinceMs } = wanted;
  const until = tools.now().getTime() + certificateDeadlineMs;
  let told = "";
  for (;;) {
    for (let handshakes = 0; handshakes < handshakesPerLook; handshakes++) {
      if (await isNewShown(tools, wanted, signal)) return;
      await tools.pause(pauseBetweenHandshakesMs, signal);
    }
    const { state, detail, atMs } = await tools.edge.issuance(hostname, signal);
    // While it is on its way there is nothing to look for.
    if (state !== "trying" && (await holdsCertificate(tools, wanted, signal))) return;
    if (state === "failed" && (atMs ?? 0) > sinceMs) throw failure(...asFailure(hostname, authority, detail));
    const words = state === "trying" ? `${authority} is asked for a certificate${detail === null ? "" : `; one way of proving the name failed: ${detail}`}` : `Waiting for ${authority}`;
    if (words !== told) say(emit, "progress", words);
    told = words;
    if (tools.now().getTime() >= until) throw failure("no-certificate", `${authority} gave no certificate for ${hostname} within ${certificateDeadlineMs / 1000} s, and did not say why.`, detail === null ? [] : [detail]);
  }
}

function asFailure(hostname: string, authority: string, detail: string | null): [string, string, string[]] {
  const { code, sentence } = tellIssuance({ hostname, authority, detail });
  return [code, sentence, detail === null ? [] : [detail]];
}

/** Where the name is reached, and by whose word its certificate is true: what a proof of the name goes through. */
export type NameDoor = { host: string; port: number; trust: NameTrust };

/**
 * Shakes hands under the name, first at the address to which DNS leads, and judges what is shown: for the name, valid today, with a chain
 * to a root that is known. From inside, some routers do not pass such a connection; then the edge is asked on this machine itself.
 */
export async function verifyShown(tools: WorkflowTools, row: DomainRow, emit: EventSink, signal: AbortSignal): Promise<NameDoor> {
  const setting = await readEdgeSetting(tools.store.db);
  const name = askableName(row.hostname);
  const [extraRootsPem, { hosts, isLed }] = await Promise.all([rootsFor(tools, row, setting, signal), hostsOf(tools, setting, name, signal)]);
  const until = tools.now().getTime() + shownDeadlineMs;
  for (;;) {
    const errors: string[] = [];
    for (const host of hosts) {
      const { shown, error } = await tools.domains.readTls({ hostname: name, address: { host, port: setting.httpsPort }, extraRootsPem }, signal);
      const problem = shown === null ? error : problemOf(row, name, shown, tools.now());
      if (problem === null && shown !== null) {
        if (errors.length > 0) say(emit, "warn", `Seen on this machine alone: ${errors.join("; ")}. Check from elsewhere that ${row.hostname} answers.`);
        else if (!isLed) say(emit, "info", `Asked on this machine alone, for ${row.hostname} leads to none of its addresses by DNS.`);
        return { host, port: setting.httpsPort, trust: await judgeTrust(tools, { row, setting, shown }, emit, signal) };
      }
      errors.push(`${host}: ${problem ?? "no answer"}`);
    }
    if (tools.now().getTime() >= until || hosts.length === 0) throw failure("certificate-not-shown", `No good certificate is shown for ${row.hostname}${hosts.length === 0 ? ": no address of it is known" : ""}.`, errors);
    await tools.pause(pauseBetweenLooksMs, signal);
  }
}

async function hostsOf(tools: WorkflowTools, setting: EdgeSetting, name: string, signal: AbortSignal): Promise<{ hosts: string[]; isLed: boolean }> {
  const own = machineAddresses(tools, setting);
  const { addresses } = await tools.domains.dns.lookUp(name, signal);
  // Behind a router the address is its own, and some pass on what comes from inside.
  const led = addresses.filter((address) => own.includes(address) || isPermittedUpstreamAddress(address, []));
  return { isLed: led.length > 0, hosts: [...new Set([...led, ...(tools.domains.isEngineHere() ? ["127.0.0.1"] : [])])] };
}

async function rootsFor(tools: WorkflowTools, row: DomainRow, setting: EdgeSetting, signal: AbortSignal): Promise<string | null> {
  return tlsOf(row) === "internal" ? tools.edge.internalRoot(signal) : acmeOf(setting).caRootPem;
}

function problemOf(row: DomainRow, name: string, { facts, fingerprint }: ShownCertificate, now: Date): string | null {
  if (!coversName(facts.names, name)) return `the certificate shown is for ${facts.names.join(", ") || "no name"}`;
  if (now.getTime() > facts.notAfterMs || now.getTime() < facts.notBeforeMs) return "the certificate shown is not valid today";
  const uploaded = row.certificatePem === null ? null : fingerprintOf(row.certificatePem);
  return tlsOf(row) === "uploaded" && uploaded !== fingerprint ? "another certificate than the one that was uploaded is shown" : null;
}

type Judged = { row: DomainRow; setting: EdgeSetting; shown: ShownCertificate };

/** Of a public authority the chain must be one that everybody trusts; what a person brought, or runs, is theirs to judge. */
async function judgeTrust(tools: WorkflowTools, { row, setting, shown }: Judged, emit: EventSink, signal: AbortSignal): Promise<NameTrust> {
  if (tlsOf(row) === "internal") {
    const pem = await tools.edge.internalRoot(signal);
    if (pem !== null && shown.distrust === null) return { kind: "root", pem };
    throw failure("chain-not-trusted", `The certificate of ${row.hostname} does not come from the edge's own authority: ${shown.distrust ?? "that has no root yet"}.`);
  }
  const { name, onlyPublic } = authorityOf(setting);
  if (shown.distrust === null) return onlyPublic ? { kind: "system" } : { kind: "names-only" };
  if (tlsOf(row) === "acme" && (onlyPublic || acmeOf(setting).caRootPem === null)) throw failure("chain-not-trusted", `${name} issued a certificate for ${row.hostname} that browsers would not trust: ${shown.distrust}. The domain is not opened with it.`, [`Issuer: ${shown.facts.issuer}`]);
  say(emit, "warn", `The certificate of ${row.hostname} is by ${shown.facts.issuer}, and ${shown.distrust}: clients have to be told to trust it.`);
  return { kind: "names-only" };
}
