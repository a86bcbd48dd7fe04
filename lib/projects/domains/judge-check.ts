import { isPermittedUpstreamAddress } from "@/lib/gateway/addresses";
import { reachOf } from "../doors/reach";
import type { CertificateFacts } from "./certificate-pair";
import type { DnsRecordView, DomainCheckItem, DomainCheckView, DomainState, DomainTls } from "./domain-views";
import { expiryOf } from "./expiry";
import { zonesOf } from "./hostname";
import { judgeCaa } from "./judge-caa";
import type { AcmeDirectory, CaaSet, NameRecords } from "./name-ports";

/** `edge`: this edge, or one like it, answered. `other`: another program did. */
export type Reached = { by: "edge" } | { by: "other"; status: number } | { by: "nobody"; error: string };

export type PortFact = { port: number; holder: "edge" | "nobody" | "other" | "unknown"; /** null: it was not tried. */ reached: Reached | null };

/** What was found, from which the items are made. */
export type CheckFacts = {
  at: string;
  hostname: string;
  tls: DomainTls;
  state: DomainState;
  records: NameRecords;
  /** Addresses of the name by the system's own look-up, `/etc/hosts` included. */
  localAddresses: string[];
  machine: { addresses: string[]; /** They were named by a person: there are no others. */ isDeclared: boolean; panelHostname: string | null; hasProxyInFront: boolean };
  authority: { name: string; onlyPublic: boolean };
  http: PortFact;
  https: PortFact;
  caa: CaaSet | null;
  directory: AcmeDirectory | null;
  certificate: { facts: CertificateFacts; warnings: string[] } | null;
};

type Verdict = Pick<DomainCheckItem, "state" | "sentence">;

/** What was found as the page and the attaching judge it. Pure. */
export function judgeCheck(facts: CheckFacts): DomainCheckView {
  const { hostname } = facts;
  const wanted = wantedRecords(facts);
  const items: DomainCheckItem[] = [
    { id: "dns", title: "DNS", ...judgeDns(facts, wanted) },
    ...(facts.directory === null ? [] : [{ id: "acme" as const, title: facts.authority.name, ...judgeDirectory(facts.directory, facts.authority.name) }]),
    ...(facts.caa === null ? [] : [{ id: "caa" as const, title: "CAA", ...judgeCaaFact(facts, facts.caa) }]),
    ...(facts.certificate === null ? [] : [{ id: "certificate" as const, title: "Certificate", ...judgeCertificate(facts.certificate, facts.at) }]),
    { id: "port-http", title: `Port ${facts.http.port}`, ...judgePort(facts.http, 80, facts) },
    { id: "port-https", title: `Port ${facts.https.port}`, ...judgePort(facts.https, 443, facts) },
    ...reachItem("reach-http", `http://${hostname}`, facts.http, facts),
    ...reachItem("reach-https", `https://${hostname}`, facts.https, facts),
  ];
  const { panelHostname } = facts.machine;
  const isApex = zonesOf(hostname).length === 1 && !hostname.startsWith("*.");
  const alternative: DnsRecordView | null = panelHostname === null || panelHostname === hostname || isApex ? null : { type: "CNAME", name: hostname, value: panelHostname };
  return { at: facts.at, items, wanted, alternative, found: facts.records.found, nameServers: facts.records.nameServers, isReady: items.every(({ state }) => state !== "stop") };
}

const isPublic = (address: string) => isPermittedUpstreamAddress(address, []);
const typeOf = (address: string) => (address.includes(":") ? "AAAA" as const : "A" as const);

function wantedRecords({ hostname, tls, machine, authority }: CheckFacts): DnsRecordView[] {
  const open = machine.isDeclared ? machine.addresses : machine.addresses.filter(isPublic);
  // In a network of one's own the addresses are private, and an authority of one's own asks there.
  const chosen = open.length > 0 || (tls === "acme" && authority.onlyPublic) ? open : machine.addresses;
  return chosen.map((value) => ({ type: typeOf(value), name: hostname, value }));
}

const listOf = (words: readonly string[]) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`);
const recordsOf = (wanted: readonly DnsRecordView[]) => (wanted.length === 0 ? "an A record with the public address of this machine" : listOf(wanted.map(({ type, value }) => `${type} ${value}`)));

function judgeDns(facts: CheckFacts, wanted: readonly DnsRecordView[]): Verdict {
  const { hostname, tls, records, localAddresses, machine } = facts;
  const isAcme = tls === "acme";
  const isHere = (address: string) => machine.addresses.includes(address);
  const hardly: DomainCheckItem["state"] = isAcme ? "stop" : "warn";
  if (records.addresses.length === 0) {
    if (!isAcme && localAddresses.some(isHere)) return { state: "ok", sentence: `${hostname} leads here by this machine's own resolver (${localAddresses.join(", ")}). Other machines need it in theirs.` };
    if (records.problem !== null) return { state: isAcme ? "warn" : "unknown", sentence: `The records of ${hostname} could not be read: ${records.problem}.` };
    return { state: hardly, sentence: `${hostname} has no address yet. Create ${recordsOf(wanted)} for it at whoever keeps the zone.` };
  }
  const elsewhere = records.addresses.filter((address) => !isHere(address));
  if (elsewhere.length === 0) return judgeHere(hostname, records.addresses);
  if (elsewhere.length < records.addresses.length) return { state: hardly, sentence: `${hostname} leads here and to ${listOf(elsewhere)} as well, which is not this machine: whoever is sent there does not reach the project. Take ${elsewhere.length === 1 ? `the ${typeOf(elsewhere[0] ?? "")} record` : "those records"} away.` };
  if (machine.hasProxyInFront) return { state: "warn", sentence: `${hostname} leads to ${listOf(elsewhere)}. That is right if it is the proxy in front of the edge.` };
  const isKnown = machine.isDeclared || machine.addresses.some(isPublic) || !elsewhere.every(isPublic);
  if (!isKnown) return { state: "unknown", sentence: `${hostname} leads to ${listOf(elsewhere)}. This machine has private addresses alone (${machine.addresses.join(", ") || "none is known"}) and cannot tell whether that is its router: name its public address under Settings, Edge.` };
  return { state: hardly, sentence: `${hostname} leads to ${listOf(elsewhere)}, which is not this machine. Change it to ${recordsOf(wanted)}.` };
}

function judgeHere(hostname: string, addresses: readonly string[]): Verdict {
  const here = `${hostname} leads here: ${addresses.join(", ")}.`;
  const ofEachMachine = addresses.filter((address) => reachOf(address) === "loopback");
  if (ofEachMachine.length === 0) return { state: "ok", sentence: here };
  return { state: "warn", sentence: `${here} Another machine that is given ${listOf(ofEachMachine)} is led to itself, not to this one.` };
}

function judgeDirectory(directory: AcmeDirectory, authority: string): Verdict {
  if (directory.error !== null) return { state: "stop", sentence: `${authority} cannot be reached from this machine: ${directory.error}. Without it no certificate is issued.` };
  if (directory.needsAccountBinding) return { state: "stop", sentence: `${authority} asks for an account that was made with it beforehand (external account binding), which the edge cannot show. Use another directory under Settings, Edge.` };
  return { state: "ok", sentence: `${authority} answers.` };
}

function judgeCaaFact({ hostname, authority, directory }: CheckFacts, caa: CaaSet): Verdict {
  if (caa.problem !== null) return { state: "warn", sentence: `The CAA records of ${caa.at ?? hostname} could not be read: ${caa.problem}. An authority that cannot read them refuses.` };
  const identities = directory === null || directory.error !== null ? [] : directory.caaIdentities;
  return judgeCaa({ records: caa.records, at: caa.at, isWildcard: hostname.startsWith("*."), identities: identities.map((each) => each.toLowerCase()), authority: authority.name });
}

function judgeCertificate({ facts, warnings }: NonNullable<CheckFacts["certificate"]>, at: string): Verdict {
  const { level, daysLeft } = expiryOf({ ...facts, isRenewed: false }, new Date(at));
  const until = new Date(facts.notAfterMs).toISOString().slice(0, 10);
  if (level === "expired") return { state: "stop", sentence: `The certificate ended on ${until}. Upload one that is valid today.` };
  if (level !== "ok") return { state: "warn", sentence: `The certificate ends on ${until}, in ${daysLeft} ${daysLeft === 1 ? "day" : "days"}. Nobody renews an uploaded one but you.` };
  return warnings.length === 0 ? { state: "ok", sentence: `By ${facts.issuer}, until ${until}.` } : { state: "warn", sentence: warnings.join(" ") };
}

function judgePort({ port, holder }: PortFact, usual: 80 | 443, { tls, state }: CheckFacts): Verdict {
  if (holder === "other") return { state: "stop", sentence: `Port ${port} is held by another program on the engine's machine. End that program, or let it forward to the edge and give the edge another port under Settings.` };
  if (holder === "unknown") return { state: "unknown", sentence: `Who holds port ${port} could not be seen.` };
  if (holder === "nobody" && state === "open") return { state: "warn", sentence: `Nothing listens on port ${port}, and the edge ought to: Settings, Edge says how it is.` };
  const held = holder === "edge" ? `The edge listens on port ${port}.` : `Port ${port} is free. The edge takes it when the domain is attached.`;
  if (port === usual) return { state: "ok", sentence: held };
  const why = tls === "acme" ? `An authority asks at port ${usual} and nowhere else` : `Browsers ask at port ${usual} unless they are told`;
  return { state: "warn", sentence: `${held} ${why}: something has to forward ${usual} to ${port}.` };
}

function reachItem(id: "reach-http" | "reach-https", url: string, { port, holder, reached }: PortFact, { state }: CheckFacts): DomainCheckItem[] {
  const title = `Reached at ${url}`;
  if (reached === null) return holder === "edge" || state === "open" ? [] : [{ id, title, state: "unknown", sentence: "Nothing listens yet. It is tried when the domain is attached." }];
  if (reached.by === "edge") return [{ id, title, state: "ok", sentence: "The edge answers under the name." }];
  if (reached.by === "other") return [{ id, title, state: "warn", sentence: `Another program answers under the name (status ${reached.status}), not the edge.` }];
  return [{ id, title, state: "warn", sentence: `Nobody answers under the name at port ${port}: ${reached.error}. A firewall or a router may not let it through. Some routers do not pass on what comes from inside: then it may work from elsewhere.` }];
}
