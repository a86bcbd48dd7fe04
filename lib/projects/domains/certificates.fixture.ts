import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { run } from "@/lab/run";

/** A certificate with its key, made by OpenSSL: valid from the moment of its making for `days`. */
export type MadePair = { certificatePem: string; keyPem: string; certPath: string; keyPath: string };

const keyKinds = {
  ec: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
  "ec-odd": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
  "rsa-weak": ["-newkey", "rsa:1024"],
  ed25519: ["-newkey", "ed25519"],
} as const;

type Wish = { names?: readonly string[]; isAuthority?: boolean; by?: MadePair; key?: keyof typeof keyKinds; days?: number; commonName?: string; digest?: string };

let made = 0;
const root = mkdtempSync(join(tmpdir(), "basehold-pairs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Signed by itself, or by `by`. */
export async function makePair({ names = [], isAuthority = false, by, key = "ec", days = 90, commonName = "test", digest = "sha256" }: Wish): Promise<MadePair> {
  const folder = mkdtempSync(join(root, "pair-"));
  const path = (name: string) => join(folder, name);
  const extensions = [`basicConstraints=critical,CA:${isAuthority ? "TRUE" : "FALSE"}`, ...(names.length === 0 ? [] : [`subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`])];
  const subject = ["-subj", `/CN=${commonName}`];
  made++;
  if (by === undefined) {
    await run("openssl", ["req", "-x509", ...keyKinds[key], "-nodes", "-days", String(days), `-${digest}`, ...subject, ...extensions.flatMap((each) => ["-addext", each]), "-keyout", path("key.pem"), "-out", path("cert.pem")]);
  } else {
    writeFileSync(path("ext"), extensions.join("\n"));
    await run("openssl", ["req", "-new", ...keyKinds[key], "-nodes", ...subject, "-keyout", path("key.pem"), "-out", path("request.pem")]);
    await run("openssl", ["x509", "-req", "-in", path("request.pem"), "-CA", by.certPath, "-CAkey", by.keyPath, "-set_serial", String(made + 1000), "-days", String(days), `-${digest}`, "-extfile", path("ext"), "-out", path("cert.pem")]);
  }
  return { certificatePem: readFileSync(path("cert.pem"), "utf8"), keyPem: readFileSync(path("key.pem"), "utf8"), certPath: path("cert.pem"), keyPath: path("key.pem") };
}

/** The same key, locked with a passphrase. */
export async function lockKey({ keyPath }: MadePair): Promise<string> {
  return run("openssl", ["pkey", "-in", keyPath, "-aes256", "-passout", "pass:secret"]);
}
