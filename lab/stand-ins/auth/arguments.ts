export interface Arguments {
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
