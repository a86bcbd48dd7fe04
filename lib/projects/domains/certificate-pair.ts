import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { rootCertificates } from "node:tls";

/** Names, issuer and validity of a certificate, as `Domain.certificateJson` keeps them. */
export type CertificateFacts = { names: string[]; issuer: string; notBeforeMs: number; notAfterMs: number };

export type PairFields = "certificatePem" | "keyPem";
export type PairProblems = Partial<Record<PairFields, string>>;
export type ReadPair = { ok: true; /** The chain and nothing else, leaf first. */ certificatePem: string; keyPem: string; facts: CertificateFacts; warnings: string[] } | { ok: false; problems: PairProblems };

const certificateBlock = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;
const keyBlock = /-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----[\s\S]*?-----END \1-----/;
const maxChain = 10;

class Problem extends Error {
  constructor(readonly field: PairFields, message: string) {
    super(message);
  }
}

/**
 * Judges a certificate and a key that somebody brought for a name: one belongs to the other, the chain is in order, today lies within it,
 * the name is in it, and browsers would take it. Says what is wrong, field by field, with the way out.
 */
export function readPair({ certificatePem, keyPem }: { certificatePem: string; keyPem: string }, hostname: string, now: Date): ReadPair {
  const problems: PairProblems = {};
  const attempt = <T>(act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems[error.field] = error.message;
      return undefined;
    }
  };
  const chain = attempt(() => readChain(certificatePem, hostname, now));
  const key = attempt(() => readKey(keyPem));
  const [leaf] = chain ?? [];
  if (leaf !== undefined && key !== undefined) attempt(() => requireMatch(leaf, key.object));
  if (chain === undefined || leaf === undefined || key === undefined || Object.keys(problems).length > 0) return { ok: false, problems };
  return { ok: true, certificatePem: `${chain.map((each) => each.toString().trim()).join("\n")}\n`, keyPem: `${key.pem}\n`, facts: factsOf(leaf), warnings: warningsOf(chain) };
}

/** Facts of the first certificate of a PEM text; null when there is none that can be read. */
export function readFacts(certificatePem: string): CertificateFacts | null {
  const [first] = certificatePem.match(certificateBlock) ?? [];
  try {
    return first === undefined ? null : factsOf(new X509Certificate(first));
  } catch {
    return null;
  }
}

/** SHA-256 of the first certificate of a PEM text, as Node prints it; null when there is none that can be read. */
export function fingerprintOf(certificatePem: string): string | null {
  const [first] = certificatePem.match(certificateBlock) ?? [];
  const certificate = first === undefined ? null : parseCertificate(first);
  return certificate?.fingerprint256 ?? null;
}

/** Warnings of a chain that was accepted before, as `readPair` gives them. */
export function chainWarnings(certificatePem: string): string[] {
  return warningsOf((certificatePem.match(certificateBlock) ?? []).flatMap((block) => parseCertificate(block) ?? []));
}

export function factsOf(certificate: X509Certificate): CertificateFacts {
  const names = (certificate.subjectAltName ?? "").split(", ").flatMap((entry) => (entry.startsWith("DNS:") ? [entry.slice("DNS:".length).toLowerCase()] : []));
  return { names, issuer: commonNameOf(certificate.issuer), notBeforeMs: Date.parse(certificate.validFrom), notAfterMs: Date.parse(certificate.validTo) };
}

/** Whether a certificate with these names is good for the host name, as browsers judge: a wildcard stands for one label. */
export function coversName(names: readonly string[], hostname: string): boolean {
  if (names.includes(hostname)) return true;
  const dot = hostname.indexOf(".");
  return !hostname.startsWith("*.") && dot > 0 && names.includes(`*${hostname.slice(dot)}`);
}

/** The common name is what people know an authority by. Node prints one part of a name per line. */
export const commonNameOf = (name: string) => /^CN=(.*)$/m.exec(name)?.[1] ?? name.replaceAll("\n", ", ");

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

function readChain(pem: string, hostname: string, now: Date): X509Certificate[] {
  const fail = (sentence: string): never => {
    throw new Problem("certificatePem", sentence);
  };
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) fail("A private key stands among the certificates. Paste it into the field of the key, and leave it out here.");
  const blocks = pem.match(certificateBlock) ?? [];
  if (blocks.length === 0) fail("This is no certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----. A file in DER form becomes one with `openssl x509 -inform der -in FILE`.");
  if (blocks.length > maxChain) fail(`These are ${blocks.length} certificates. Give the one of the name and the authorities between it and the root, ${maxChain} at most.`);
  const chain = blocks.map((block, index) => parseCertificate(block) ?? fail(`Certificate ${index + 1} cannot be read: it was cut off or changed.`));
  const [leaf] = chain;
  if (leaf === undefined) return fail("There is no certificate.");
  const { notBeforeMs, notAfterMs } = factsOf(leaf);
  requireName(chain, leaf, hostname, fail);
  requireOrder(chain, fail);
  if (now.getTime() > notAfterMs) fail(`The certificate ended on ${day(notAfterMs)}. Upload one that is valid today.`);
  if (now.getTime() < notBeforeMs) fail(`The certificate is not valid before ${day(notBeforeMs)}. Upload it then, or check the clock of this machine.`);
  const weak = weaknessOf(leaf);
  if (weak !== null) fail(weak);
  return chain;
}

/** That a certificate may sign others says nothing by itself: one that OpenSSL makes and signs by itself may, unless it is told otherwise. */
function requireName(chain: readonly X509Certificate[], leaf: X509Certificate, hostname: string, fail: (sentence: string) => never): void {
  const { names } = factsOf(leaf);
  if (coversName(names, hostname)) return;
  const isAuthority = leaf.ca && (names.length === 0 || chain.some((other) => coversName(factsOf(other).names, hostname)));
  if (isAuthority && commonNameOf(leaf.subject) !== hostname) fail(`The first certificate is that of an authority (${commonNameOf(leaf.subject)}). Put the certificate of ${hostname} first, then the authorities that lead from it to the root.`);
  fail(`The certificate is for ${names.length === 0 ? "no name" : names.slice(0, 5).join(", ")}${names.length > 5 ? " and others" : ""}, not for ${hostname}. Upload one that names ${hostname}.`);
}

function parseCertificate(block: string): X509Certificate | null {
  try {
    return new X509Certificate(block);
  } catch {
    return null;
  }
}

function requireOrder(chain: readonly X509Certificate[], fail: (sentence: string) => never): void {
  chain.slice(1).forEach((issuer, index) => {
    const issued = chain[index];
    if (issued === undefined || isIssuedBy(issued, issuer)) return;
    const right = chain.findIndex((candidate) => candidate !== issued && isIssuedBy(issued, candidate));
    const wayOut = right < 0 ? "Leave out what does not belong to the chain." : `Certificate ${right + 1} did: put it there.`;
    fail(`Certificate ${index + 2} (${commonNameOf(issuer.subject)}) did not issue certificate ${index + 1} (${commonNameOf(issued.subject)}). The order is: the name's own, then each one's issuer. ${wayOut}`);
  });
}

function isIssuedBy(issued: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

/** Signature algorithms that no browser takes any more, by the DER of their identifiers: SHA-1 and MD5 with RSA, SHA-1 with ECDSA. */
const brokenSignatures = ["06092a864886f70d010105", "06092a864886f70d010104", "06072a8648ce3d0401"].map((hex) => Buffer.from(hex, "hex"));
const goodCurves = ["prime256v1", "secp384r1", "secp521r1"];
const smallestRsaBits = 2048;

function weaknessOf(leaf: X509Certificate): string | null {
  if (brokenSignatures.some((oid) => leaf.raw.includes(oid))) return "The certificate is signed with SHA-1 or MD5, which browsers refuse. Have it issued anew with SHA-256.";
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = leaf.publicKey;
  if (type === "rsa" || type === "rsa-pss") return (details?.modulusLength ?? 0) < smallestRsaBits ? `The key is RSA with ${details?.modulusLength ?? 0} bits, which browsers refuse. Use 2048 bits or more, or ECDSA P-256.` : null;
  if (type === "ec") return goodCurves.includes(details?.namedCurve ?? "") ? null : `The key lies on the curve ${details?.namedCurve ?? "of an unknown name"}, which browsers refuse. Use P-256 or P-384.`;
  return `The key is of the kind ${type ?? "unknown"}, which browsers refuse. Use ECDSA P-256, or RSA with 2048 bits or more.`;
}

function readKey(pem: string): { pem: string; object: KeyObject } {
  const fail = (sentence: string): never => {
    throw new Problem("keyPem", sentence);
  };
  const [block, kind] = keyBlock.exec(pem) ?? [];
  if (block === undefined) return fail(/BEGIN CERTIFICATE/.test(pem) ? "This is a certificate. Paste the private key here." : "This is no private key in PEM form: it begins with -----BEGIN PRIVATE KEY-----.");
  if (kind === "ENCRYPTED PRIVATE KEY" || /^Proc-Type: .*ENCRYPTED/m.test(block)) fail("The key is locked with a passphrase. Open it with `openssl pkey -in key.pem -out open-key.pem`, and upload that one.");
  try {
    return { pem: block, object: createPrivateKey(block) };
  } catch {
    return fail("The private key cannot be read: it was cut off or changed.");
  }
}

function requireMatch(leaf: X509Certificate, key: KeyObject): void {
  if (!leaf.checkPrivateKey(key)) throw new Problem("keyPem", "The key does not belong to the certificate. Upload the one with which the certificate was asked for.");
}

let knownRoots: ReadonlySet<string> | undefined;
/** Subjects of the roots that Node brings along. Read once: there are more than a hundred. */
const isKnownRoot = (subject: string) => (knownRoots ??= new Set(rootCertificates.map((pem) => new X509Certificate(pem).subject))).has(subject);

/** What does not stand in the way, but will surprise somebody. */
function warningsOf(chain: readonly X509Certificate[]): string[] {
  const last = chain.at(-1);
  if (last === undefined) return [];
  if (chain.length === 1 && last.issuer === last.subject) return ["The certificate is signed by itself: clients have to be told to trust it."];
  if (isKnownRoot(last.issuer) || isKnownRoot(last.subject)) return [];
  if (last.issuer === last.subject) return [`The chain ends at ${commonNameOf(last.subject)}, which browsers do not know: clients have to be told to trust it.`];
  return [`The chain ends at ${commonNameOf(last.subject)}, and who issued that (${commonNameOf(last.issuer)}) is none of the roots that this machine knows. An authority between may be missing.`];
}
