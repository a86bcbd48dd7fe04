import type { EdgeAcme, EdgeHost, EdgeInput } from "./edge-input";
import type { CaddyJson } from "./edge-routes";
import { fingerprint } from "./htpasswd";

/** Where the root of a private ACME server lies in the edge's container. Named by its content, so that another root is another document. */
export const acmeRootFile = (pem: string) => `/config/basehold/acme-root-${fingerprint(pem)}.pem`;

type Listen = EdgeInput["publicListen"];

function acmeIssuer(directoryUrl: string, { email, caRootPem }: EdgeAcme, { httpPort, httpsPort }: Listen): CaddyJson {
  const alternate = { ...(httpPort === 80 ? {} : { http: { alternate_port: httpPort } }), ...(httpsPort === 443 ? {} : { "tls-alpn": { alternate_port: httpsPort } }) };
  return {
    module: "acme",
    ca: directoryUrl,
    ...(email === null ? {} : { email }),
    ...(Object.keys(alternate).length === 0 ? {} : { challenges: alternate }),
    ...(caRootPem === null ? {} : { trusted_roots_pem_files: [acmeRootFile(caRootPem)] }),
  };
}

const namesOf = (hosts: readonly EdgeHost[], isWanted: (host: EdgeHost) => boolean) => hosts.filter(isWanted).map(({ hostname }) => hostname).sort();

/**
 * Certificates of every name: uploaded ones as they are, the others managed by Caddy under the issuer that was chosen for each.
 * A staging directory that is not set falls back to none: the name then waits without a certificate.
 */
export function tlsApp(hosts: readonly EdgeHost[], { acme, publicListen }: EdgeInput): CaddyJson {
  const internal = namesOf(hosts, ({ tls }) => tls.kind === "internal");
  const live = namesOf(hosts, ({ tls }) => tls.kind === "acme" && tls.directory === "live");
  const staging = acme.stagingDirectoryUrl === null ? [] : namesOf(hosts, ({ tls }) => tls.kind === "acme" && tls.directory === "staging");
  const uploaded = hosts.flatMap(({ tls }) => (tls.kind === "uploaded" ? [{ certificate: tls.certificatePem, key: tls.keyPem }] : []));
  const policy = (subjects: string[], issuer: CaddyJson) => (subjects.length === 0 ? [] : [{ subjects, issuers: [issuer] }]);
  const managed = [...internal, ...live, ...staging].sort();
  return {
    certificates: { ...(managed.length === 0 ? {} : { automate: managed }), ...(uploaded.length === 0 ? {} : { load_pem: uploaded }) },
    automation: {
      policies: [
        ...policy(internal, { module: "internal" }),
        ...policy(staging, acmeIssuer(acme.stagingDirectoryUrl ?? "", acme, publicListen)),
        ...policy(live, acmeIssuer(acme.directoryUrl, acme, publicListen)),
      ],
    },
  };
}
