import { Database } from "../serving/database";
import { describeError, exitOnSignal, listenUntilSignal, logLine, serveRouter } from "../serving/http";
import { readArguments } from "./arguments";
import { readConfig, type Env } from "./config";
import { ConfigDir, readConfigFiles, watchConfigDir } from "./config-dir";
import { AuthContext } from "./context";
import { authRoutes, authServeOptions } from "./routes";
import { migrate } from "./schema";

async function run(argv: readonly string[], env: Env): Promise<void> {
  const { command, configDir } = readArguments(argv);
  const files = configDir === undefined ? undefined : new ConfigDir(env, () => readConfigFiles(configDir));
  const config = readConfig(files === undefined ? env : files.load());
  const database = new Database({ url: config.databaseUrl, applicationName: "auth", maxConnections: 8 });
  const stopEarly = exitOnSignal();
  // Nothing listens before the schema is there: an open port means that the service is ready.
  await database.prepare(command === "serve" ? async (tx) => void (await tx.query("select 1")) : migrate);
  if (command === "migrate") return database.close();
  stopEarly.disarm();
  const context = new AuthContext(config, database);
  if (files !== undefined && configDir !== undefined && config.reloadNotify) {
    watchConfigDir(configDir, config.reloadGraceMs, () => {
      reload(context, files);
    });
  }
  const server = serveRouter(authRoutes(context), authServeOptions);
  listenUntilSignal(server, config.port, config.host || "0.0.0.0", () => database.close());
}

/** A folder that cannot be read leaves the last good configuration in force. */
function reload(context: AuthContext, files: ConfigDir): void {
  try {
    context.replaceConfig(readConfig(files.load()));
    logLine("info", "reloaded configuration");
  } catch (error) {
    logLine("error", `configuration was not reloaded: ${describeError(error)}`);
  }
}

run(process.argv.slice(2), process.env).catch((error: unknown) => {
  logLine("error", describeError(error));
  process.exit(1);
});
