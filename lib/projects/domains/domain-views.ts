import type { ServiceName, StackServiceName } from "@/lib/stack/desired";

export type DomainKind = "api" | "studio";
export type DomainTls = "acme" | "uploaded" | "internal";

/**
 * `added` nothing of it is served. `rehearsing` a certificate of the staging directory is got, `waiting` its own is, and then the
 * services are told: every request is answered 503 meanwhile. `open` it is served. `failed` attaching it was taken back; nothing of it is served.
 */
export type DomainState = "added" | "rehearsing" | "waiting" | "open" | "failed";

export type DnsRecordView = { type: "A" | "AAAA" | "CNAME"; name: string; value: string };

/** `stop`: attaching would fail. `unknown`: it cannot be said from this machine, or not before the edge serves the name. */
export type DomainCheckItem = {
  id: "dns" | "caa" | "acme" | "port-http" | "port-https" | "reach-http" | "reach-https" | "certificate";
  title: string;
  state: "ok" | "warn" | "stop" | "unknown";
  sentence: string;
};

/** What was found when the name was last looked at. */
export type DomainCheckView = {
  at: string;
  items: DomainCheckItem[];
  /** Records to create: all of them. Empty where no address of this machine is known that others reach. */
  wanted: DnsRecordView[];
  /** A record that does as well, in their place. */
  alternative: DnsRecordView | null;
  /** Records as the name's own servers give them now, a CNAME before what it leads to. */
  found: DnsRecordView[];
  /** Names of the authoritative servers that were asked; empty: the resolver of this machine was. */
  nameServers: string[];
  /** No item stops it. */
  isReady: boolean;
};

/** `soon`, `urgent`: it ends within 21 or 7 days (one of less than 60 days that the edge renews: within a quarter or an eighth of its life). */
export type ExpiryLevel = "ok" | "soon" | "urgent" | "expired";

export type CertificateView = {
  names: string[];
  issuer: string;
  notBefore: string;
  notAfter: string;
  /** Whole days until it ends; negative once it has ended. */
  daysLeft: number;
  level: ExpiryLevel;
  /** When it was last looked at. */
  seenAt: string;
  /** Why it could not be renewed, as the edge last said. */
  problem: string | null;
};

export type DomainView = {
  hostname: string;
  /** As people write it: `bücher.example` for `xn--bcher-kva.example`. */
  displayName: string;
  kind: DomainKind;
  tls: DomainTls;
  state: DomainState;
  stateReason: string | null;
  /** The address that the project's services are told. */
  isMain: boolean;
  redirectsHttp: boolean;
  /** null: Strict-Transport-Security is not sent. */
  hstsSeconds: number | null;
  /** Its address in browsers. */
  url: string;
  /** As last seen at the edge; for an uploaded one that is not served yet, as it was uploaded. */
  certificate: CertificateView | null;
  check: DomainCheckView | null;
  /** The operation that changes it at this moment. */
  openOperationId: string | null;
  createdAt: string;
};

/** All that the Domains page shows of a project, but for the proxy of one's own. */
export type DomainsView = {
  ref: string;
  displayName: string;
  state: string;
  publicUrl: string;
  /** The project's own address on the machine. */
  localUrl: string;
  services: ServiceName[];
  edge: {
    isOn: boolean;
    /** The project's gateway stands behind it. */
    isBehind: boolean;
    httpPort: number;
    httpsPort: number;
    /** Who issues certificates of the kind `acme`: `Let's Encrypt`, or the host of the directory. */
    authority: string;
    hasStaging: boolean;
  };
  /** Main first, then by name. */
  domains: DomainView[];
  /** Any operation on the project: none of the acts is taken while there is one. */
  openOperationId: string | null;
  /** May add, attach, change and remove. */
  mayEdit: boolean;
  mayCheck: boolean;
};

/** One setting or service variable that changes. */
export type SettingChange = { name: string; before: string; after: string };

/** What attaching or removing a domain does, before it is done. */
export type DomainPreview = {
  hostname: string;
  act: "attach" | "remove";
  /** Attaching makes it, or removing ends, the address that the services are told. */
  isMain: boolean;
  /** Settings of the project, in the words of the settings page. */
  settings: SettingChange[];
  /** Variables that services are given, by their upstream names. */
  variables: SettingChange[];
  /** Services that are replaced, a short interruption each. Empty: none. */
  restarts: StackServiceName[];
  /** What happens otherwise, and what has to be done elsewhere. */
  notes: string[];
  /** What stays after a removal, or cannot be taken back. */
  irreversible: string[];
};
