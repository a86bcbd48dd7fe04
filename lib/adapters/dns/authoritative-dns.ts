import type { CaaRecord as NodeCaa } from "node:dns";
import { Resolver } from "node:dns/promises";
import { isPermittedUpstreamAddress } from "@/lib/gateway/addresses";
import type { DnsRecordView } from "@/lib/projects/domains/domain-views";
import { caaNamesOf, zonesOf } from "@/lib/projects/domains/hostname";
import type { CaaRecord, CaaSet, DnsPort, NameRecords } from "@/lib/projects/domains/name-ports";

const timeoutMs = 2_500;
const tries = 2;
const cnamesMax = 8;
const serversMax = 4;

/** Servers of a zone: their names for people, and a resolver that asks them and nobody else. `hosts` empty: this machine's own resolver. */
type Asked = { hosts: string[]; resolver: Resolver };

export type AuthoritativeDnsOptions = {
  /** `address` or `address:port` of servers that are asked for every name, instead of each zone's own: a split horizon, or a test. */
  servers?: readonly string[];
  /** Servers by which zones are found, instead of this machine's resolver. */
  resolver?: readonly string[];
  /** Port of authoritative servers. */
  port?: number;
  /** Which addresses of authoritative servers may be asked. */
  isPermitted?: (address: string) => boolean;
};

/**
 * Asks a name's own servers, so that the answer is what was set and not what some cache still holds. Zones are found by this machine's
 * resolver, from the name upwards. Servers at private addresses are not asked: whoever adds a name must not choose what this machine
 * talks to inside its network.
 */
export class AuthoritativeDns implements DnsPort {
  constructor(private readonly options: AuthoritativeDnsOptions = {}) {}

  async lookUp(hostname: string, signal: AbortSignal): Promise<NameRecords> {
    const walk = new Walk(this.options, signal);
    try {
      return await walk.lookUp(hostname);
    } finally {
      walk.close();
    }
  }

  async readCaa(hostname: string, signal: AbortSignal): Promise<CaaSet> {
    const walk = new Walk(this.options, signal);
    try {
      return await walk.readCaa(hostname);
    } finally {
      walk.close();
    }
  }
}

/** One look at a name: servers are found once each. */
class Walk {
  readonly #zones = new Map<string, Promise<Asked | null>>();
  readonly #resolvers: Resolver[] = [];
  readonly #stop = () => this.close();
  readonly #system: Asked;

  constructor(private readonly options: AuthoritativeDnsOptions, private readonly signal: AbortSignal) {
    signal.throwIfAborted();
    signal.addEventListener("abort", this.#stop, { once: true });
    this.#system = { hosts: [], resolver: this.#makeResolver(options.servers?.length ? options.servers : (options.resolver ?? [])) };
  }

  close(): void {
    this.signal.removeEventListener("abort", this.#stop);
    for (const resolver of this.#resolvers) resolver.cancel();
  }

  async lookUp(hostname: string): Promise<NameRecords> {
    const found: DnsRecordView[] = [];
    let [name, asked] = [hostname, await this.#serversOf(hostname)];
    for (let hops = 0; hops < cnamesMax; hops++) {
      const [alias] = await this.#ask(asked, (resolver) => resolver.resolveCname(name)).catch(() => []);
      if (alias === undefined) break;
      found.push({ type: "CNAME", name, value: alias });
      [name, asked] = [alias, await this.#serversOf(alias)];
    }
    const settled = await Promise.allSettled([this.#ask(asked, (resolver) => resolver.resolve4(name)), this.#ask(asked, (resolver) => resolver.resolve6(name))]);
    this.signal.throwIfAborted();
    const [a, aaaa] = settled.map((each) => (each.status === "fulfilled" ? each.value : []));
    const records = [...(a ?? []).map((value) => ({ type: "A" as const, name, value })), ...(aaaa ?? []).map((value) => ({ type: "AAAA" as const, name, value }))];
    const failed = settled.find((each) => each.status === "rejected");
    return { found: [...found, ...records], addresses: records.map(({ value }) => value), nameServers: asked.hosts, problem: records.length === 0 && failed !== undefined ? wordsOf(failed.reason) : null };
  }

  /** From the name upwards; the first that has records decides (RFC 8659, section 3). An alias is followed for the name itself, not for its parents. */
  async readCaa(hostname: string): Promise<CaaSet> {
    for (const at of caaNamesOf(hostname)) {
      try {
        const records = await this.#caaOf(at, cnamesMax);
        if (records.length > 0) return { at, records, problem: null };
      } catch (error) {
        this.signal.throwIfAborted();
        return { at, records: [], problem: wordsOf(error) };
      }
    }
    return { at: null, records: [], problem: null };
  }

  async #caaOf(name: string, hopsLeft: number): Promise<CaaRecord[]> {
    const asked = await this.#serversOf(name);
    const records = await this.#ask(asked, (resolver) => resolver.resolveCaa(name));
    if (records.length > 0) return records.flatMap(toCaa);
    const [alias] = await this.#ask(asked, (resolver) => resolver.resolveCname(name)).catch(() => []);
    return alias === undefined || hopsLeft === 0 ? [] : this.#caaOf(alias, hopsLeft - 1);
  }

  /** Asks; by this machine's resolver where the servers do not answer. No record of the kind is an empty answer. */
  async #ask<T>(asked: Asked, question: (resolver: Resolver) => Promise<T[]>): Promise<T[]> {
    try {
      return await question(asked.resolver);
    } catch (error) {
      this.signal.throwIfAborted();
      if (isNoRecord(error)) return [];
      if (asked.hosts.length === 0 || codeOf(error) === "ESERVFAIL") throw error;
      // A firewall that lets this machine ask its own resolver alone.
      asked.hosts.splice(0);
      asked.resolver = this.#system.resolver;
      return this.#ask(asked, question);
    }
  }

  async #serversOf(name: string): Promise<Asked> {
    if ((this.options.servers ?? []).length > 0) return this.#system;
    for (const zone of zonesOf(name)) {
      const known = this.#zones.get(zone) ?? this.#findServers(zone);
      this.#zones.set(zone, known);
      const asked = await known;
      this.signal.throwIfAborted();
      if (asked !== null) return asked;
    }
    return this.#system;
  }

  async #findServers(zone: string): Promise<Asked | null> {
    const hosts = await this.#system.resolver.resolveNs(zone).catch(() => []);
    const addresses = await Promise.all(hosts.slice(0, serversMax).map((host) => this.#system.resolver.resolve4(host).catch(() => this.#system.resolver.resolve6(host).catch(() => []))));
    const { port = 53, isPermitted = (address) => isPermittedUpstreamAddress(address, []) } = this.options;
    const permitted = addresses.flat().filter(isPermitted);
    return permitted.length === 0 ? null : { hosts: [...hosts].sort(), resolver: this.#makeResolver(permitted.map((address) => (address.includes(":") ? `[${address}]:${String(port)}` : `${address}:${String(port)}`))) };
  }

  #makeResolver(servers: readonly string[]): Resolver {
    const resolver = new Resolver({ timeout: timeoutMs, tries });
    if (servers.length > 0) resolver.setServers([...servers]);
    this.#resolvers.push(resolver);
    return resolver;
  }
}

function toCaa({ critical, ...tags }: NodeCaa): CaaRecord[] {
  return Object.entries(tags).map(([tag, value]) => ({ isCritical: critical !== 0, tag: tag.toLowerCase(), value: String(value) }));
}

const codeOf = (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "");
const isNoRecord = (error: unknown) => ["ENODATA", "ENOTFOUND"].includes(codeOf(error));

const words: Record<string, string> = { ETIMEOUT: "its servers do not answer", ECONNREFUSED: "its servers do not answer", ESERVFAIL: "its servers report a failure (SERVFAIL)", EREFUSED: "its servers refuse to answer" };

function wordsOf(error: unknown): string {
  return words[codeOf(error)] ?? "the answer of its servers cannot be read";
}
