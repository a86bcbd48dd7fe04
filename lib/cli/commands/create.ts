import type { VerbContext } from "@/lib/access/verb-context";
import type { Store } from "@/lib/adapters/store/types";
import { createProject } from "@/lib/projects/create-project";
import type { ServiceName } from "@/lib/stack/desired";
import { defaultRelease } from "@/lib/stack/releases";
import { isAnswered } from "@/lib/worker/socket/listen";
import { CliError } from "../cli-error";
import type { Command } from "../command";
import type { CliEnvironment } from "../environment";
import { followOperation } from "../follow-operation";
import { cliContext, withStore } from "../open-panel";
import { handOver } from "../project-secrets";

/** `basehold create <name> [service …] [--wait]` */
export const createCommand: Command = {
  usage: "create <name> [service …] [--wait]",
  summary: "Create a project, of all services or the named ones; with --wait until it is proven ready, and write its secrets to a file",
  flags: ["wait"],
  async run({ environment, positionals: [name, ...services], options, print, tell }) {
    if (name === undefined) throw new CliError("Give the project a name: `npx basehold create hello`.");
    await withStore(environment, async (store) => {
      const ctx = cliContext(store);
      const { ref, operationId } = await createProject(ctx, { displayName: name, ...(services.length === 0 ? {} : { services: services.map(toServiceName) }) });
      if (options["wait"] !== true) return print(JSON.stringify({ ref, operationId }));
      await requireWorker(environment);
      await followOperation(ctx, operationId, tell);
      print(JSON.stringify(await handOver(ctx, environment, ref)));
    });
  },
};

/** `basehold first-project <name>`: what `npm run up -- --first-project <name>` calls. Called again it changes nothing. */
export const firstProjectCommand: Command = {
  usage: "first-project <name>",
  summary: "Create a project as part of the set-up, wait until it is ready and write its secrets to a file",
  async run({ environment, positionals: [name], print, tell }) {
    if (name === undefined) throw new CliError("Give the project a name: `npm run up -- --first-project hello`.");
    await requireWorker(environment);
    await withStore(environment, async (store) => {
      const ctx = cliContext(store, { kind: "setup", name: "Set-up" });
      const { ref, operationId } = (await findProject(store, name)) ?? (await createProject(ctx, { displayName: name }));
      if (operationId !== null) await followOperation(ctx, operationId, tell);
      await requireReady(ctx, ref);
      print(JSON.stringify(await handOver(ctx, environment, ref)));
    });
  },
};

function toServiceName(text: string): ServiceName {
  const serviceNames = defaultRelease.services.map(({ name }) => name);
  const name = serviceNames.find((known) => known === text);
  if (name === undefined) throw new CliError(`There is no service ${text}. Choose among ${serviceNames.join(", ")}.`);
  return name;
}

async function requireWorker({ socketPath }: CliEnvironment): Promise<void> {
  if (!(await isAnswered(socketPath))) throw new CliError("The worker does not run, and it is what creates projects. Start it with `npm run up`.");
}

/** The project of that name, with the operation that is still creating it. */
async function findProject(store: Store, name: string): Promise<{ ref: string; operationId: string | null } | null> {
  const project = await store.db.project.findFirst({ where: { OR: [{ ref: name }, { displayName: name }], state: { notIn: ["deleted", "deleting"] } }, orderBy: { createdAt: "asc" } });
  if (project === null) return null;
  const open = await store.db.operation.findFirst({ where: { projectId: project.id, status: { in: ["queued", "running", "compensating", "waiting"] } }, select: { id: true } });
  return { ref: project.ref, operationId: open?.id ?? null };
}

async function requireReady({ store }: VerbContext, ref: string): Promise<void> {
  const project = await store.db.project.findUniqueOrThrow({ where: { ref } });
  if (project.readyAt !== null) return;
  throw new CliError(`The project ${ref} is there but was never ready. ${project.stateReason ?? ""} Retry its creation or clean it up in the panel.`);
}
