import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ensureGoProgram, pebbleDnsProgram, pebbleProgram } from "@/lab/go-programs";
import { run } from "@/lab/run";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { readAll } from "./edge-scene.fixture";

export type Pebble = {
  directoryUrl: string;
  /** Root of the server's own certificate. */
  caRootPem: string;
  /** Root of what it issues. */
  issuingRoot(): Promise<string>;
  /** `address:port` of the DNS server that it asks, which says 127.0.0.1 of every name. */
  dnsServer: string;
  /** Tells that DNS server something by its own API: `("add-a", { host: "api.test.", addresses: ["192.0.2.1"] })`. */
  tellDns(act: string, body: object): Promise<void>;
  stop(): Promise<void>;
};

/** A name that it refuses to certify. */
export const blockedName = "blocked.test";

/** `refusedNoncesPercent`: of requests that are refused by chance, as a busy authority does; each costs Caddy 250 ms. */
export type PebbleOptions = { httpPort: number; httpsPort: number; dnsPort?: number; refusedNoncesPercent?: number };

/** Let's Encrypt's own ACME server, which asks every name at 127.0.0.1 and on the edge's two ports. */
export async function startPebble(folder: string, { httpPort, httpsPort, dnsPort = 0, refusedNoncesPercent = 5 }: PebbleOptions): Promise<Pebble> {
  const [ownDnsPort, acmePort, managementPort, dnsManagementPort] = [dnsPort === 0 ? await freePort() : dnsPort, await freePort(), await freePort(), await freePort()];
  const path = (name: string) => join(folder, name);
  await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=pebble", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path("pebble.key"), "-out", path("pebble.pem")]);
  writeFileSync(path("pebble.json"), JSON.stringify({ pebble: { listenAddress: `127.0.0.1:${String(acmePort)}`, managementListenAddress: `127.0.0.1:${String(managementPort)}`, certificate: path("pebble.pem"), privateKey: path("pebble.key"), httpPort, tlsPort: httpsPort, ocspResponderURL: "", externalAccountBindingRequired: false, domainBlocklist: [blockedName] } }));
  const dns = spawn(await ensureGoProgram(pebbleDnsProgram), ["-dnsserver", `127.0.0.1:${String(ownDnsPort)}`, "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-management", `127.0.0.1:${String(dnsManagementPort)}`], { stdio: "ignore" });
  await Promise.all([untilListening(ownDnsPort), untilListening(dnsManagementPort)]);
  const server = spawn(await ensureGoProgram(pebbleProgram), ["-config", path("pebble.json"), "-dnsserver", `127.0.0.1:${String(ownDnsPort)}`], { env: { ...process.env, PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: String(refusedNoncesPercent) }, stdio: ["ignore", "pipe", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    const seen = (chunk: Buffer) => (String(chunk).includes("ACME directory available") ? resolve() : undefined);
    server.stdout.on("data", seen);
    server.stderr.on("data", seen);
    server.once("exit", () => reject(new Error("Pebble did not start.")));
  });
  // It says so shortly before it listens.
  await Promise.all([untilListening(acmePort), untilListening(managementPort)]);
  return {
    directoryUrl: `https://127.0.0.1:${String(acmePort)}/dir`,
    caRootPem: readFileSync(path("pebble.pem"), "utf8"),
    dnsServer: `127.0.0.1:${String(ownDnsPort)}`,
    tellDns: async (act, body) => {
      const answer = await fetch(`http://127.0.0.1:${String(dnsManagementPort)}/${act}`, { method: "POST", body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`The DNS server answered ${String(answer.status)} to ${act}.`);
    },
    issuingRoot: () => fetchInsecurely(managementPort, "/roots/0"),
    stop: async () => void (await Promise.all([end(dns), end(server)])),
  };
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const socket = connect(port, "127.0.0.1");
    const isThere = await once(socket, "connect").then(() => true, () => false);
    socket.destroy();
    if (isThere) return;
    await pause(20);
  }
  throw new Error(`Nothing listens on port ${String(port)}.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

function fetchInsecurely(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, rejectUnauthorized: false }, (response) => void readAll(response).then(resolve, reject)).once("error", reject).end();
  });
}
