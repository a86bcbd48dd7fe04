import fc from "fast-check";
import type { EdgeDomain, EdgeInput, EdgeProject } from "./edge-input";

const acme = { directoryUrl: "https://acme.test/directory", stagingDirectoryUrl: null, email: null, caRootPem: null };
export const base: EdgeInput = { panel: null, projects: [], acme, adminSocket: "/run/admin.sock", liveFolder: null, publicListen: { addresses: [], httpPort: 80, httpsPort: 443 }, trustedProxies: [] };
export const domain = (hostname: string, parts: Partial<EdgeDomain> = {}): EdgeDomain => ({ hostname, kind: "api", tls: { kind: "none" }, redirectsHttp: true, hsts: null, isOpen: true, ...parts });
export const project = (letter: string, parts: Partial<EdgeProject> = {}): EdgeProject => ({ projectId: letter.repeat(12), localListen: { address: "127.0.0.1", port: 8000 + letter.charCodeAt(0) }, gatewayUpstream: `127.0.0.1:${String(9000 + letter.charCodeAt(0))}`, domains: [], studio: null, allowedNetworks: null, ...parts });

const names = fc.uniqueArray(fc.tuple(fc.boolean(), fc.constantFrom("one", "two", "three"), fc.constantFrom("a.test", "b.test", "deep.a.test", "example.co.uk")).map(([isWild, first, rest]) => (isWild ? `*.${rest}` : `${first}.${rest}`)), { minLength: 1, maxLength: 12 });
const tlsKinds = (pem: Pem) => fc.constantFrom<EdgeDomain["tls"]>({ kind: "none" }, { kind: "internal" }, { kind: "uploaded", ...pem });

export type Pem = { certificatePem: string; keyPem: string };

/** Installations of four projects and perhaps a panel, with exact names and wildcards over one another. */
export const install = (pem: Pem = { certificatePem: "C", keyPem: "K" }): fc.Arbitrary<EdgeInput> => fc.tuple(names, fc.array(fc.tuple(fc.nat(3), tlsKinds(pem), fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()), { minLength: 12, maxLength: 12 }), fc.boolean()).map(([hostnames, choices, hasPanel]): EdgeInput => {
  const owners = ["a", "b", "c", "d"].map((letter) => ({ letter, domains: [] as EdgeDomain[] }));
  hostnames.forEach((hostname, index) => {
    const [owner, tls, redirectsHttp, isOpen, isStudio, hasHsts] = choices[index] ?? [0, { kind: "none" as const }, false, true, false, false];
    owners[owner]?.domains.push(domain(hostname, { tls, redirectsHttp, isOpen, kind: isStudio ? "studio" : "api", hsts: hasHsts ? { maxAgeSeconds: 60, includesSubdomains: false } : null }));
  });
  const panel = hasPanel ? { hostname: "panel.a.test", tls: { kind: "none" as const }, redirectsHttp: false, hsts: null, upstream: "127.0.0.1:3000", proof: "p".repeat(64) } : null;
  return { ...base, panel, projects: owners.map(({ letter, domains }) => project(letter, { domains })) };
});
