import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { HttpContractProbe } from "@/lib/adapters/probe/contract-probe";
import { contractRequests, judgeContract, type ContractCredentials, type ContractResult } from "@/lib/gateway/contract";
import { getRelease } from "@/lib/stack/releases";
import { Secret } from "@/lib/stack/secret-value";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { root } from "./where";

const run = promisify(execFile);

/** An export as a person unpacks it, with ports of its own so that it starts beside the project it came from. */
export type ExportedFolder = { path: string; variables: Record<string, string>; apiUrl: string };

export async function unpack(archivePath: string, folder: string): Promise<ExportedFolder> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run("tar", ["--extract", "--gzip", "--file", archivePath, "--directory", folder]);
  const { stdout } = await run("find", [folder, "-name", "docker-compose.yml"]);
  const path = join(stdout.trim().split("\n")[0] ?? folder, "..");
  const variables = readVariables(join(path, ".env"));
  const names = Object.keys(variables).filter((name) => /_PORT/.test(name) || name === "POSTGRES_PORT");
  for (const name of names) variables[name] = String(await freePort());
  const port = variables["API_GW_HTTP_PORT"] ?? "";
  const text = readFileSync(join(path, ".env"), "utf8").split("\n").map((line) => {
    const name = line.slice(0, line.indexOf("="));
    return names.includes(name) ? `${name}=${variables[name] ?? ""}` : line;
  });
  writeFileSync(join(path, ".env"), text.join("\n"), { mode: 0o600 });
  return { path, variables, apiUrl: `http://127.0.0.1:${port}` };
}

function readVariables(path: string): Record<string, string> {
  const lines = readFileSync(path, "utf8").split("\n").filter((line) => /^[A-Z]/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1).replace(/^'(.*)'$/s, "$1").replaceAll("\\'", "'")]));
}

/** Runs Docker Compose, the program, in the folder. */
export async function compose(folder: ExportedFolder, ...args: string[]): Promise<string> {
  const built = await run(process.execPath, [join(root, "bench/build-compose.mjs")]);
  const { stdout } = await run(built.stdout.trim(), args, { cwd: folder.path, timeout: 10 * 60_000, maxBuffer: 16 << 20 });
  return stdout;
}

/** The same requests that prove a project of the panel, sent to the stack that Compose started. */
export async function proveContract(folder: ExportedFolder, release: string): Promise<ContractResult[]> {
  const value = (name: string) => new Secret(folder.variables[name] ?? "");
  const credentials: ContractCredentials = {
    anonKey: value("ANON_KEY"), serviceRoleKey: value("SERVICE_ROLE_KEY"), publishableKey: value("SUPABASE_PUBLISHABLE_KEY"), secretKey: value("SUPABASE_SECRET_KEY"),
    dashboardUsername: value("DASHBOARD_USERNAME"), dashboardPassword: value("DASHBOARD_PASSWORD"),
  };
  const probe = new HttpContractProbe();
  try {
    const requests = contractRequests({ enabledServices: (getRelease(release)?.services ?? []).map((service) => service.name), release });
    const answers = await Promise.all(requests.map(async (request) => ({ request, answer: await probe.send(folder.apiUrl, request, credentials, AbortSignal.timeout(60_000)) })));
    return judgeContract(answers);
  } finally {
    await probe.close();
  }
}
