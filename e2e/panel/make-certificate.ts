import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type MadeCertificate = { /** Chain, leaf first. */ certificatePem: string; keyPem: string; rootPem: string };

const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** A certificate for a name by an authority that was made for it. */
export function makeCertificate(folder: string, hostname: string, days = 90): MadeCertificate {
  const path = (name: string) => join(folder, `${hostname}-${name}`);
  const read = (name: string) => readFileSync(path(name), "utf8");
  openssl("req", "-x509", ...newKey, "-days", "400", "-subj", "/CN=Authority of a test", "-addext", "keyUsage=critical,keyCertSign", "-keyout", path("ca.key"), "-out", path("ca.pem"));
  openssl("req", ...newKey, "-subj", `/CN=${hostname}`, "-keyout", path("key"), "-out", path("csr"));
  writeFileSync(path("ext"), `subjectAltName=DNS:${hostname}\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n`);
  openssl("x509", "-req", "-in", path("csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial", "-days", String(days), "-extfile", path("ext"), "-out", path("pem"));
  return { certificatePem: read("pem"), keyPem: read("key"), rootPem: read("ca.pem") };
}
