import { mkdir } from "node:fs/promises";
import { Database } from "../serving/database";
import { describeError, exitOnSignal, listenUntilSignal, logLine, serveRouter } from "../serving/http";
import { readConfig } from "./config";
import { FileBackend } from "./files";
import { storageRoutes, storageServeOptions } from "./routes";
import { migrate } from "./schema";

async function run(): Promise<void> {
  const config = readConfig(process.env);
  const stopEarly = exitOnSignal();
  await mkdir(config.root, { recursive: true });
  const database = new Database({ url: config.databaseUrl, applicationName: "storage", maxConnections: 8 });
  // Nothing listens before the schema is there: an open port means that the service is ready.
  await database.prepare(migrate);
  stopEarly.disarm();
  const server = serveRouter(storageRoutes({ config, database, files: new FileBackend(config.root) }), storageServeOptions);
  listenUntilSignal(server, config.port, "0.0.0.0", () => database.close());
}

run().catch((error: unknown) => {
  logLine("error", describeError(error));
  process.exit(1);
});
