import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { caddyProgram, ensureGoProgram } from "@/lab/go-programs";
import { run } from "@/lab/run";

export type CaddyPeerOptions = { folder: string; httpPort: number; httpsPort: number; directoryUrl: string; caRootPem: string; /** The project's gateway. */ upstream: string };

/** The peer: Caddy alone, with a file that a person writes by hand and has it read again. */
export class CaddyPeer {
  readonly #sites: string[] = [];
  #caddy: ChildProcess | null = null;

  private constructor(private readonly program: string, private readonly options: CaddyPeerOptions) {}

  static async start(options: CaddyPeerOptions): Promise<CaddyPeer> {
    mkdirSync(options.folder, { recursive: true });
    writeFileSync(join(options.folder, "root.pem"), options.caRootPem);
    const peer = new CaddyPeer(await ensureGoProgram(caddyProgram), options);
    await peer.#start();
    return peer;
  }

  /** Writes the name into the file and has Caddy read it; the certificate comes by itself. */
  async addSite(hostname: string): Promise<void> {
    this.#sites.push(hostname);
    await run(this.program, ["reload", "--adapter", "caddyfile", "--config", this.#write(), "--address", this.#admin], { env: this.#environment });
  }

  async stop(): Promise<void> {
    if (this.#caddy === null || this.#caddy.exitCode !== null) return;
    const ended = once(this.#caddy, "exit");
    this.#caddy.kill("SIGTERM");
    await ended;
  }

  get #admin(): string {
    return `unix/${join(this.options.folder, "admin.sock")}`;
  }

  get #environment(): Record<string, string> {
    return { XDG_CONFIG_HOME: this.options.folder, XDG_DATA_HOME: this.options.folder };
  }

  async #start(): Promise<void> {
    const caddy = spawn(this.program, ["run", "--adapter", "caddyfile", "--config", this.#write()], { env: { ...process.env, ...this.#environment }, stdio: ["ignore", "ignore", "pipe"] });
    this.#caddy = caddy;
    await new Promise<void>((resolve, reject) => {
      caddy.stderr.on("data", (chunk: Buffer) => (String(chunk).includes("serving initial configuration") ? resolve() : undefined));
      caddy.once("exit", () => reject(new Error("Caddy did not start.")));
    });
  }

  #write(): string {
    const { folder, httpPort, httpsPort, directoryUrl, upstream } = this.options;
    const path = join(folder, "Caddyfile");
    const settings = [`admin ${this.#admin}`, `http_port ${String(httpPort)}`, `https_port ${String(httpsPort)}`, "default_bind 127.0.0.1", `acme_ca ${directoryUrl}`, `acme_ca_root ${join(folder, "root.pem")}`];
    const sites = this.#sites.map((hostname) => `${hostname} {\n\treverse_proxy ${upstream}\n}\n`);
    writeFileSync(path, `{\n${settings.map((line) => `\t${line}\n`).join("")}}\n\n${sites.join("\n")}`);
    return path;
  }
}
