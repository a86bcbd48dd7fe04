import { pathToFileURL } from "node:url";
import { readArguments } from "./arguments";
import { deno, interceptServe, provideEdgeRuntime } from "./deno";
import { UserWorker, type WorkerOptions } from "./user-worker";

const serve = deno.serve.bind(deno);
const workers = new Map<string, Promise<UserWorker>>();

/** One warm worker per function until its time is over, as edge-runtime keeps them. */
async function createWorker(options: WorkerOptions): Promise<UserWorker> {
  const known = await workers.get(options.servicePath)?.catch(() => undefined);
  if (known?.takesRequests === true) return known;
  // Somebody else may have started one while this call waited.
  const current = workers.get(options.servicePath);
  const started = current !== undefined && (await current.catch(() => undefined))?.takesRequests === true ? current : UserWorker.start(options);
  workers.set(options.servicePath, started);
  started.catch(() => {
    if (workers.get(options.servicePath) === started) workers.delete(options.servicePath);
  });
  return started;
}

async function run(): Promise<void> {
  const { mainService, host, port } = readArguments(process.argv.slice(2));
  provideEdgeRuntime({ userWorkers: { create: createWorker } });
  interceptServe((handler) =>
    serve({ hostname: host, port, onListen: () => process.stdout.write(`main service listens on ${host}:${String(port)}\n`) }, handler),
  );
  await import(pathToFileURL(`${mainService}/index.ts`).href);
}

async function stop(): Promise<void> {
  const started = await Promise.race([Promise.allSettled(workers.values()), new Promise<[]>((resolve) => setTimeout(resolve, 1_000, []))]);
  for (const worker of started) if (worker.status === "fulfilled") worker.value.stop();
  process.exit(0);
}

for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());
run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
