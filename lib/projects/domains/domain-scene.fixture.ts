import { X509Certificate } from "node:crypto";
import { listenersOf } from "@/lib/gateway/edge-version";
import { internalAuthority } from "@/lib/gateway/edge-port";
import type { FakeEdgeWorld } from "@/lib/gateway/fake-edge";
import type { CertificateKeys } from "../edge/load-edge-input";
import { coversName, readFacts, type CertificateFacts } from "./certificate-pair";
import type { AcmeDirectory, CaaRecord, DomainPorts } from "./name-ports";

/** What names lead to, as the tests of domains see the world outside. Plain data, so that a test can change it. */
export type FakeNames = {
  /** Addresses by name; every other name leads to the machine. */
  addresses: Record<string, string[]>;
  caa: Record<string, CaaRecord[]>;
  directory: AcmeDirectory;
  /** Why chains are not trusted; null: they are. */
  distrust: string | null;
  /** A certificate for other names is shown, whatever the edge holds. */
  showsNames: string[] | null;
};

export const machineAddress = "93.184.216.34";

export const createFakeNames = (): FakeNames => ({ addresses: {}, caa: {}, directory: { caaIdentities: ["letsencrypt.org"], needsAccountBinding: false, error: null }, distrust: null, showsNames: null });

const sealedMark = "sealed.for-worker:";
const keptMark = "v1.plain.";

/** Keys as the fixture's `seal` gives them, and as its store keeps them. */
export const plainKeys: CertificateKeys = {
  async read(db, domainId) {
    const { keyCiphertext } = await db.domain.findUniqueOrThrow({ where: { id: domainId }, select: { keyCiphertext: true } });
    if (keyCiphertext === null) throw new Error("The domain has no key.");
    return Buffer.from(keyCiphertext.replace(sealedMark, "").replace(keptMark, ""), "base64").toString();
  },
  keep: (_tx, { keyCiphertext }) => Promise.resolve(keyCiphertext.replace(sealedMark, keptMark)),
};

type LoadPem = { certificates?: { load_pem?: { certificate: string }[] } };

/** Shows what the edge would; `wait` is called where somebody will ask again later: an uploaded certificate that covers the name, or one that it got. */
export function fakeDomainPorts(names: FakeNames, edgeWorld: FakeEdgeWorld, wait: () => void = () => undefined): DomainPorts {
  const addressesOf = (hostname: string) => names.addresses[hostname] ?? [machineAddress];
  const uploadedFor = (hostname: string) => ((edgeWorld.document?.apps["tls"] as LoadPem | undefined)?.certificates?.load_pem ?? []).find(({ certificate }) => coversName(readFacts(certificate)?.names ?? [], hostname));
  return {
    dns: {
      lookUp: (hostname) => Promise.resolve({ found: addressesOf(hostname).map((value) => ({ type: "A" as const, name: hostname, value })), addresses: addressesOf(hostname), nameServers: ["ns1.example.com"], problem: null }),
      readCaa: (hostname) => Promise.resolve({ at: names.caa[hostname] === undefined ? null : hostname, records: names.caa[hostname] ?? [], problem: null }),
    },
    async readTls({ hostname, address }) {
      if (edgeWorld.state !== "running" || !listenersOf(edgeWorld.document).includes(`:${String(address.port)}`)) {
        wait();
        return { shown: null, error: "connection refused" };
      }
      if (names.showsNames !== null) wait();
      const uploaded = uploadedFor(hostname);
      const namesOver = (facts: CertificateFacts) => ({ ...facts, names: names.showsNames ?? facts.names });
      if (uploaded !== undefined) return { shown: { facts: namesOver(readFacts(uploaded.certificate) ?? { names: [], issuer: "", notBeforeMs: 0, notAfterMs: 0 }), fingerprint: new X509Certificate(uploaded.certificate).fingerprint256, distrust: "its root is none that this machine trusts" }, error: null };
      const issued = edgeWorld.certificates.findLast((each) => each.names.includes(hostname));
      if (issued === undefined) return { shown: null, error: "no certificate is served for this name" };
      return { shown: { facts: namesOver(issued), fingerprint: `${issued.authority ?? ""} ${hostname}`, distrust: issued.authority === internalAuthority ? null : names.distrust }, error: null };
    },
    readAcmeDirectory: () => Promise.resolve(names.directory),
    hostAddresses: () => [machineAddress],
    isEngineHere: () => true,
  };
}

type HttpsServer = { routes?: { match?: { host?: string[] }[]; handle?: unknown[] }[] };

/** Port of the gateway to which the edge passes requests for an open name; undefined for one that it does not serve, or not yet. */
export function gatewayBehindName({ document, liveFiles }: FakeEdgeWorld, hostname: string): number | undefined {
  const servers = (document?.apps["http"] as { servers?: Record<string, HttpsServer> } | undefined)?.servers ?? {};
  const route = servers["https"]?.routes?.find(({ match = [] }) => match.some(({ host = [] }) => host.includes(hostname) || host.includes(hostname.replace(/^[^.]+/, "*"))));
  const text = JSON.stringify(route?.handle ?? []);
  const named = Object.entries(liveFiles).filter(([path]) => text.includes(path));
  const [, upstream] = named.find(([path]) => path.includes("/gateways/")) ?? [];
  const file = named.find(([path]) => path.endsWith(`/names/${hostname}`)) ?? named.find(([path]) => path.endsWith(`/names/${hostname.replace(/^[^.]+/, "_")}`));
  if (file?.[1] !== "open") return undefined;
  return upstream === undefined ? undefined : Number(upstream.split(":")[1]);
}
