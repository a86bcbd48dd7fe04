import { readdirSync, readFileSync, watch, type FSWatcher } from "node:fs";
import { join } from "node:path";
import type { Env } from "./config";

/** The variables of a `.env` text: quotes, `export`, comments and `\n` in double quotes as godotenv reads them. */
export function parseEnvFile(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const match = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*[=:]\s*(.*)$/.exec(line);
    if (match === null) throw new Error(`unexpected line in env file: ${line.slice(0, 20)}…`);
    values[match[1] ?? ""] = parseValue(match[2] ?? "");
  }
  return values;
}

function parseValue(raw: string): string {
  if (raw.startsWith("'")) {
    const end = raw.indexOf("'", 1);
    if (end === -1) throw new Error("unterminated quoted value");
    return raw.slice(1, end);
  }
  if (raw.startsWith('"')) {
    const match = /^"((?:[^"\\]|\\.)*)"/.exec(raw);
    if (match === null) throw new Error("unterminated quoted value");
    return (match[1] ?? "").replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped === "r" ? "\r" : escaped));
  }
  return raw.replace(/\s+#.*$/, "").trim();
}

/** Lays the folder's `*.env` files over an environment, in the order of their names: the later file wins. */
export function overlayFiles(env: Env, files: readonly { name: string; text: string }[]): Record<string, string | undefined> {
  const merged: Record<string, string | undefined> = { ...env };
  const ordered = files.filter((file) => file.name.endsWith(".env")).sort((a, b) => (a.name < b.name ? -1 : 1));
  // Parsed before any is applied: a broken file changes nothing.
  for (const values of ordered.map((file) => parseEnvFile(file.text))) Object.assign(merged, values);
  return merged;
}

/** The files of a folder, in no order. */
export function readConfigFiles(dir: string): { name: string; text: string }[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".env"))
    .map((entry) => ({ name: entry.name, text: readFileSync(join(dir, entry.name), "utf8") }));
}

/**
 * The environment of a process with a configuration folder. Each load lands in the process environment, so a key that
 * disappears from the files keeps the value it was last given.
 */
export class ConfigDir {
  private env: Record<string, string | undefined>;

  constructor(start: Env, private readonly read: () => { name: string; text: string }[]) {
    this.env = { ...start };
  }

  load(): Env {
    this.env = overlayFiles(this.env, this.read());
    return this.env;
  }
}

/**
 * Calls `reload` once the folder has been quiet for `graceMs` after a change to a `.env` or `.json` file. A folder that
 * is missing is looked for again after every `graceMs`. Answers with a function that ends the watch.
 */
export function watchConfigDir(dir: string, graceMs: number, reload: () => void): () => void {
  let quiet: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  const changed = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(reload, graceMs);
  };
  const start = (late: boolean): void => {
    const again = (): void => {
      watcher?.close();
      retry = setTimeout(() => {
        start(true);
      }, graceMs).unref();
    };
    try {
      watcher = watch(dir, (_event, name) => {
        if (name === null || /\.(env|json)$/.test(name)) changed();
      });
      watcher.on("error", again);
      if (late) changed();
    } catch {
      again();
    }
  };
  start(false);
  return () => {
    watcher?.close();
    clearTimeout(quiet);
    clearTimeout(retry);
  };
}
