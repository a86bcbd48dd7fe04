import type { CertificateFacts } from "./certificate-pair";
import type { DnsRecordView } from "./domain-views";

/** What a name's own servers say of it. */
export type NameRecords = {
  /** In the order in which they lead on: CNAMEs, then addresses. */
  found: DnsRecordView[];
  addresses: string[];
  /** Names of the authoritative servers that were asked; empty: this machine's resolver was. */
  nameServers: string[];
  /** Why nothing could be said, in a few words; null when there was an answer, be it that there is no record. */
  problem: string | null;
};

/** One CAA record (RFC 8659). `tag`: `issue`, `issuewild`, `iodef`, … */
export type CaaRecord = { isCritical: boolean; tag: string; value: string };

/** The first name, from the host name upwards, that has CAA records; `at` null when none has. */
export type CaaSet = { at: string | null; records: CaaRecord[]; problem: string | null };

export interface DnsPort {
  /** Addresses of a name by its authoritative servers, CNAMEs followed; by this machine's resolver where those do not answer. */
  lookUp(hostname: string, signal: AbortSignal): Promise<NameRecords>;
  readCaa(hostname: string, signal: AbortSignal): Promise<CaaSet>;
}

export type TlsQuestion = {
  hostname: string;
  /** Where the connection is made to, whatever DNS says. */
  address: { host: string; port: number };
  /** PEM of roots that are trusted beside those that everybody knows. */
  extraRootsPem: string | null;
};

/** What a server showed for a name. `fingerprint`: SHA-256 of the certificate. `distrust`: why its chain is not trusted, in words; null when it is. */
export type ShownCertificate = { facts: CertificateFacts; fingerprint: string; distrust: string | null };
export type TlsAnswer = { shown: ShownCertificate; error: null } | { shown: null; error: string };

/** What an ACME directory says of itself (RFC 8555, section 7.1.1). */
export type AcmeDirectory = { caaIdentities: string[]; needsAccountBinding: boolean; error: null } | { error: string };

/** What the worker reaches to judge a name. */
export interface DomainPorts {
  dns: DnsPort;
  /** The certificate that a server shows for a name. Never rejects for an answer that did not come. */
  readTls(question: TlsQuestion, signal: AbortSignal): Promise<TlsAnswer>;
  readAcmeDirectory(directory: { url: string; caRootPem: string | null }, signal: AbortSignal): Promise<AcmeDirectory>;
  /** Addresses of the engine's host that other machines may use; empty when the engine is on another machine. */
  hostAddresses(): string[];
  /** Whether the edge can be reached over this machine's loopback. */
  isEngineHere(): boolean;
}
