import { X509Certificate } from "node:crypto";
import { z } from "zod";
import type { EdgeCertificate } from "@/lib/gateway/edge-port";

const block = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

function describe(pem: string, authority: string | null): EdgeCertificate[] {
  const certificate = new X509Certificate(pem);
  if (certificate.ca) return [];
  const names = (certificate.subjectAltName ?? "").split(", ").flatMap((entry) => (entry.startsWith("DNS:") ? [entry.slice("DNS:".length)] : []));
  // X509Certificate prints one part of the issuer per line; the common name is what people know it by.
  const issuer = /^CN=(.*)$/m.exec(certificate.issuer)?.[1] ?? certificate.issuer.replaceAll("\n", ", ");
  return [{ names, issuer, notBeforeMs: Date.parse(certificate.validFrom), notAfterMs: Date.parse(certificate.validTo), source: authority === null ? "uploaded" : "issued", authority }];
}

/** Leaf certificates of the storage's files, from lines of `<folder>/<authority>/<name>/<name>.crt:<line>`; authorities' own are left out. */
export function parseIssued(lines: string, folder: string): EdgeCertificate[] {
  const files = new Map<string, string[]>();
  for (const line of lines.split("\n")) {
    const colon = line.indexOf(".crt:");
    if (colon < 0 || !line.startsWith(`${folder}/`)) continue;
    const path = line.slice(folder.length + 1, colon);
    files.set(path, [...(files.get(path) ?? []), line.slice(colon + ".crt:".length)]);
  }
  return [...files].flatMap(([path, content]) => (content.join("\n").match(block) ?? []).flatMap((pem) => describe(pem, path.split("/")[0] ?? "")));
}

const withPem = z.object({ apps: z.object({ tls: z.object({ certificates: z.object({ load_pem: z.array(z.object({ certificate: z.string() })) }) }) }) });

/** The certificates that a document brings along; the leaf is the first of each chain. */
export function parseUploaded(document: unknown): EdgeCertificate[] {
  const parsed = withPem.safeParse(document);
  if (!parsed.success) return [];
  return parsed.data.apps.tls.certificates.load_pem.flatMap(({ certificate }) => (certificate.match(block) ?? []).slice(0, 1).flatMap((pem) => describe(pem, null)));
}
