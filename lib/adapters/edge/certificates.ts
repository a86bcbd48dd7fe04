import { X509Certificate } from "node:crypto";
import { z } from "zod";
import type { EdgeCertificate } from "@/lib/gateway/edge-port";

const block = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

function describe(pem: string, source: EdgeCertificate["source"]): EdgeCertificate[] {
  const certificate = new X509Certificate(pem);
  if (certificate.ca) return [];
  const names = (certificate.subjectAltName ?? "").split(", ").flatMap((entry) => (entry.startsWith("DNS:") ? [entry.slice("DNS:".length)] : []));
  // X509Certificate prints one part of the issuer per line; the common name is what people know it by.
  const issuer = /^CN=(.*)$/m.exec(certificate.issuer)?.[1] ?? certificate.issuer.replaceAll("\n", ", ");
  return [{ names, issuer, notBeforeMs: Date.parse(certificate.validFrom), notAfterMs: Date.parse(certificate.validTo), source }];
}

/** Leaf certificates of a text of PEM blocks, authorities left out. */
export function parseIssued(pems: string): EdgeCertificate[] {
  return (pems.match(block) ?? []).flatMap((pem) => describe(pem, "issued"));
}

const withPem = z.object({ apps: z.object({ tls: z.object({ certificates: z.object({ load_pem: z.array(z.object({ certificate: z.string() })) }) }) }) });

/** The certificates that a document brings along; the leaf is the first of each chain. */
export function parseUploaded(document: unknown): EdgeCertificate[] {
  const parsed = withPem.safeParse(document);
  if (!parsed.success) return [];
  return parsed.data.apps.tls.certificates.load_pem.flatMap(({ certificate }) => (certificate.match(block) ?? []).slice(0, 1).flatMap((pem) => describe(pem, "uploaded")));
}
