import { Database } from "../serving/database";
import { describeError, listenUntilSignal, logLine, serveRouter } from "../serving/http";
import { readConfig, type Env } from "./config";
import { ConfigDir, readConfigFiles, watchConfigDir } from "./config-dir";
import { AuthContext } from "./context";
import { authRoutes, authServeOptions } from "./routes";
import { migrate } from "./schema";

interface Arguments {
  command: "migrate-and-serve" | "serve" | "migrate";
  configDir: string | undefined;
}

/** Reads `auth [serve|migrate] [--config-dir folder | -d folder]`. */
export function readArguments(argv: readonly string[]): Arguments {
  let command: Arguments["command"] = "migrate-and-serve";
  let configDir: string | undefined;
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? "";
    const inline = /^(?:--config-dir|-d)=(.+)$/.exec(argument)?.[1];
    if (inline !== undefined) configDir = inline;
    else if (argument === "--config-dir" || argument === "-d") {
      index += 1;
      configDir = argv[index];
      if (configDir === undefined) throw new Error(`flag needs an argument: ${argument}`);
    } else if (argument === "serve" || argument === "migrate") command = argument;
    else throw new Error(`unknown command "${argument}" for "gotrue"`);
  }
  return { command, configDir };
}

async function run(argv: readonly string[], env: Env): Promise<void> {
  const { command, configDir } = readArguments(argv);
  const files = configDir === undefined ? undefined : new ConfigDir(env, () => readConfigFiles(configDir));
  const config = readConfig(files === undefined ? env : files.load());
  const database = new Database({ url: config.databaseUrl, applicationName: "auth", maxConnections: 8 });
  // Nothing listens before the schema is there: an open port means that the service is ready.
  await database.prepare(command === "serve" ? async (tx) => void (await tx.query("select 1")) : migrate);
  if (command === "migrate") return database.close();
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

process.once("SIGTERM", () => process.exit(0));
run(process.argv.slice(2), process.env).catch((error: unknown) => {
  logLine("error", describeError(error));
  process.exit(1);
});
