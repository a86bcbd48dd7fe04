import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "@/lab/run";
import type { ExternalProxyConfig, ExternalProxyInput } from "./input";
import { renderExternalNginx } from "./nginx";

/** Debian's Nginx on this machine with what the product renders for it: only ports and the folders of its own differ. */
export class NginxScene {
  readonly folder = mkdtempSync(join(tmpdir(), "basehold-proxies-"));
  readonly certificate = { certificatePath: join(this.folder, "own.pem"), keyPath: join(this.folder, "own.key") };
  readonly hostname = "shop.test";
  #nginx: ChildProcess | null = null;
  #files = 0;

  constructor(readonly ports: { http: number; https: number }) {}

  async makeCertificate(): Promise<void> {
    const { certificatePath, keyPath } = this.certificate;
    await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", `/CN=${this.hostname}`, "-addext", `subjectAltName=DNS:${this.hostname}`, "-keyout", keyPath, "-out", certificatePath]);
  }

  inputFor(port: number, parts: Partial<ExternalProxyInput> = {}): ExternalProxyInput {
    return { projectRef: "shop-eu", hostnames: [this.hostname, `*.${this.hostname}`], upstream: { host: "127.0.0.1", port }, certificate: this.certificate, maxBodyBytes: null, redirectsHttp: true, ...parts };
  }

  /** The site within a whole configuration that needs no rights; returns its path. */
  write({ files }: ExternalProxyConfig): string {
    const { folder, ports } = this;
    const site = (files[0]?.content ?? "").replace(/^.*listen \[::].*\n/gm, "").replace(/listen 80\b/g, `listen 127.0.0.1:${String(ports.http)}`).replace(/listen 443\b/g, `listen 127.0.0.1:${String(ports.https)}`);
    const path = join(folder, `nginx-${String(this.#files++)}.conf`);
    writeFileSync(path, `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr notice; events {} http { access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;\n${site}}\n`);
    return path;
  }

  /** `nginx -t`. @throws with what it says */
  async validate(config: ExternalProxyConfig): Promise<void> {
    await run("nginx", ["-t", "-e", "stderr", "-p", this.folder, "-c", this.write(config)]);
  }

  /** In front of the gateway on that port. */
  async start(upstreamPort: number): Promise<void> {
    const nginx = spawn("nginx", ["-e", "stderr", "-p", this.folder, "-c", this.write(renderExternalNginx(this.inputFor(upstreamPort)))], { stdio: ["ignore", "ignore", "pipe"] });
    this.#nginx = nginx;
    await new Promise<void>((resolve, reject) => {
      nginx.stderr.on("data", (chunk: Buffer) => (String(chunk).includes("start worker process") ? resolve() : undefined));
      nginx.once("error", () => reject(new Error("There is no Nginx here. On Debian: apt-get install nginx-light.")));
      nginx.once("exit", () => reject(new Error("Nginx did not start.")));
    });
  }

  async stop(): Promise<void> {
    if (this.#nginx !== null && this.#nginx.exitCode === null) {
      const ended = once(this.#nginx, "exit");
      this.#nginx.kill("SIGTERM");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
