import { isSetUp } from "@/lib/access/set-up";
import { listPendingMigrations } from "@/lib/adapters/store/migrate";
import { sqlitePathOf } from "@/lib/adapters/store/open-store";
import type { Store } from "@/lib/adapters/store/types";
import { getInstallation, type WorkerStatus } from "@/lib/projects/get-installation";
import { isAnswered } from "@/lib/worker/socket/listen";
import type { Command } from "../command";
import { cliContext, withStore } from "../open-panel";
import { toTable } from "./projects";

/** `basehold status` */
export const statusCommand: Command = {
  usage: "status",
  summary: "Say where this installation lies, whether its parts run, and what to do next",
  async run({ environment, print }) {
    const rows: [string, string][] = [["Panel", environment.panelUrl], ["Data", environment.dataFolder], ["Store", sqlitePathOf(environment.storeUrl) ?? `PostgreSQL at ${new URL(environment.storeUrl).host}`]];
    const pending = await listPendingMigrations({ url: environment.storeUrl });
    if (pending.length > 0) rows.push(["Schema", `${pending.length} migrations to apply: run \`npm run up\` or \`npx basehold migrate\``]);
    else rows.push(...(await withStore(environment, (store) => describe(store, environment.socketPath))));
    for (const line of toTable(rows)) print(line);
  },
};

async function describe(store: Store, socketPath: string): Promise<[string, string][]> {
  const installation = await getInstallation(cliContext(store));
  const { worker, imageSource, counts } = installation;
  const { separation } = worker.status;
  const isRunning = await isAnswered(socketPath);
  return [
    ["Worker", isRunning ? `runs${worker.heartbeatAt === null ? "" : `, last heartbeat ${worker.heartbeatAt}`}` : "does not run: start it with `npm run up`"],
    ["Engine", isRunning ? describeEngine(worker.status) : "unknown while the worker does not run"],
    ["Separation", separation === "user" ? "web runs as a user of its own" : separation === "process" ? "web and worker run as the same user" : "unknown"],
    ["Images", imageSource.kind === "official" ? "from the official registries" : `from ${imageSource.prefix} (${imageSource.kind})`],
    ["Projects", String(counts.projects)],
    ["Owner", (await isSetUp(store.db)) ? `set up, ${counts.people} ${counts.people === 1 ? "person" : "people"}` : "not set up yet: `npx basehold setup-link` prints the link"],
    ["Recovery kit", installation.recoveryKitSavedAt === null ? "not saved yet: `npx basehold recovery-kit <file>`" : `saved ${installation.recoveryKitSavedAt}`],
  ];
}

function describeEngine({ engine }: WorkerStatus): string {
  if (engine === null || engine === undefined) return "not asked yet";
  return engine.isReachable ? `Docker ${engine.version ?? ""} (API ${engine.apiVersion ?? ""})` : (engine.problem ?? "does not answer");
}
