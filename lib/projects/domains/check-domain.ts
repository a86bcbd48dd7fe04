import { authorize } from "@/lib/access/authorize";
import { NotFoundError } from "@/lib/access/errors";
import type { VerbContext } from "@/lib/access/verb-context";
import { EdgeError } from "@/lib/gateway/edge-port";
import { acmeOf, authorityOf, readEdgeSetting, type EdgeSetting } from "../edge/edge-setting";
import type { WorkflowTools } from "../workflows/tools";
import { chainWarnings, readFacts } from "./certificate-pair";
import type { DomainCheckView } from "./domain-views";
import { findDomain, tlsOf, type DomainRow } from "./domain-row";
import { isPermittedUpstreamAddress } from "@/lib/gateway/addresses";
import { judgeCheck, type CheckFacts, type PortFact, type Reached } from "./judge-check";

type Tools = Pick<WorkflowTools, "store" | "edge" | "names" | "domains" | "resolveHost" | "now">;

/** Looks at a domain now, from the engine's side, and keeps what was found. Changes nothing else. */
export async function checkDomain(ctx: VerbContext, tools: Tools, input: { ref: string; hostname: string }, signal: AbortSignal): Promise<DomainCheckView> {
  const project = await authorize(ctx, "project.prove", input.ref);
  const row = await findDomain(ctx.store.db, project.id, input.hostname);
  return lookAtDomain(tools, row, signal);
}

/** Looks at a domain and keeps what was found. @throws NotFoundError when it has been removed meanwhile */
export async function lookAtDomain(tools: Tools, row: DomainRow, signal: AbortSignal): Promise<DomainCheckView> {
  const check = judgeCheck(await gatherFacts(tools, row, signal));
  const { count } = await tools.store.transaction((tx) => tx.domain.updateMany({ where: { id: row.id }, data: { checkJson: JSON.stringify(check) } }));
  if (count === 0) throw new NotFoundError(`${row.hostname} was removed meanwhile.`);
  return check;
}

/** A name under a wildcard, to be asked for in its place. */
export const askableName = (hostname: string) => hostname.replace(/^\*\./, "basehold-check.");

/** Addresses of the machine as a person named them, or as its interfaces have them. */
export function machineAddresses({ domains }: Pick<WorkflowTools, "domains">, { publicAddresses }: EdgeSetting): string[] {
  return publicAddresses.length > 0 ? publicAddresses : domains.hostAddresses();
}

async function gatherFacts(tools: Tools, row: DomainRow, signal: AbortSignal): Promise<CheckFacts> {
  const setting = await readEdgeSetting(tools.store.db);
  const [acme, name, tls] = [acmeOf(setting), askableName(row.hostname), tlsOf(row)];
  const isAcme = tls === "acme";
  const [held, records, localAddresses, caa, directory] = await Promise.all([
    whoHolds(tools, setting, signal),
    tools.domains.dns.lookUp(name, signal),
    tools.resolveHost(name, signal).catch(() => []),
    isAcme ? tools.domains.dns.readCaa(name, signal) : null,
    isAcme ? tools.domains.readAcmeDirectory({ url: acme.directoryUrl, caRootPem: acme.caRootPem }, signal) : null,
  ]);
  const addresses = machineAddresses(tools, setting);
  const asked = records.addresses.length > 0 ? records.addresses : localAddresses;
  const [http, https] = await lookAtPorts(tools, { row, setting, name, addresses, asked, held }, signal);
  const facts = tls === "uploaded" && row.certificatePem !== null ? readFacts(row.certificatePem) : null;
  return {
    at: tools.now().toISOString(), hostname: row.hostname, tls, state: row.state, records, localAddresses, caa, directory, http, https,
    machine: { addresses, isDeclared: setting.publicAddresses.length > 0, panelHostname: setting.panelHost?.hostname ?? null, hasProxyInFront: setting.trustedProxies.length > 0 },
    authority: authorityOf(setting),
    certificate: facts === null ? null : { facts, warnings: chainWarnings(row.certificatePem ?? "") },
  };
}

type Held = { edge: number[]; others: number[] } | null;
type Ports = { row: DomainRow; setting: EdgeSetting; name: string; addresses: readonly string[]; asked: readonly string[]; held: Held };

/** null while the edge does not run. */
async function whoHolds({ edge }: Pick<Tools, "edge">, { httpPort, httpsPort }: EdgeSetting, signal: AbortSignal): Promise<Held> {
  try {
    return await edge.whoHolds([httpPort, httpsPort], signal);
  } catch (error) {
    if (error instanceof EdgeError) return null;
    throw error;
  }
}

async function lookAtPorts(tools: Tools, { row, setting, name, addresses, asked, held }: Ports, signal: AbortSignal): Promise<[PortFact, PortFact]> {
  const holderOf = (port: number): PortFact["holder"] => (held === null ? "unknown" : held.others.includes(port) ? "other" : held.edge.includes(port) ? "edge" : "nobody");
  // Whoever adds a name must not choose what this machine connects to inside its network.
  const [target] = asked.filter((address) => addresses.includes(address) || isPermittedUpstreamAddress(address, []));
  const reach = async (port: number, isTls: boolean): Promise<PortFact> => {
    const holder = holderOf(port);
    const mayTry = target !== undefined && holder === "edge" && (!isTls || row.state === "open" || row.state === "waiting");
    return { port, holder, reached: mayTry ? await tryName(tools, { name, host: target, port, isTls }, signal) : null };
  };
  return Promise.all([reach(setting.httpPort, false), reach(setting.httpsPort, true)]);
}

/** What this edge says of a name that it does not serve (yet), or whose requests it sends to HTTPS. */
const edgeSays = ["Nothing is served under this name.", "This address is being set up."];

async function tryName(tools: Tools, { name, host, port, isTls }: { name: string; host: string; port: number; isTls: boolean }, signal: AbortSignal): Promise<Reached> {
  const { status, body, error } = await tools.names.ask({ hostname: name, path: "/auth/v1/health", address: { host, port }, trust: { kind: isTls ? "names-only" : "no-tls" } }, signal);
  if (status === null) return { by: "nobody", error: error ?? "no answer" };
  // 308 is how it sends to HTTPS; the others are what a gateway or the question before Studio says.
  const isEdge = edgeSays.some((text) => body.includes(text)) || [200, 302, 303, 307, 308, 401].includes(status);
  return isEdge ? { by: "edge" } : { by: "other", status };
}
