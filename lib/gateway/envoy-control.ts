
/** Argv that prints the versions of routes and clusters in force. Bash alone, since the official image holds no HTTP client; the text is constant. */
export const readVersionsArgv = ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9901 && printf 'GET /stats?filter=(version_text|update_rejected|update_failure)$ HTTP/1.1\\r\\nhost: admin\\r\\nconnection: close\\r\\n\\r\\n' >&3 && cat <&3"];

export type VersionsInForce = { routes: string | null; clusters: string | null; /** The filter that verifies users' tokens. */ filters: string | null; /** Updates that Envoy refused since its start. */ refused: number };

/** Reads what `readVersionsArgv` printed. */
export function parseVersions(stdout: string): VersionsInForce {
  const textOf = (name: RegExp) => name.exec(stdout)?.[1] ?? null;
  const refused = [...stdout.matchAll(/\.(?:rds\.\w+|cds)\.update_(?:rejected|failure): (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  return { routes: textOf(/\.rds\.\w+\.version_text: "([^"]*)"/), clusters: textOf(/cluster_manager\.cds\.version_text: "([^"]*)"/), filters: textOf(/extension_config_discovery\.[^"\n]*\.version_text: "([^"]*)"/), refused };
}

/** What Envoy printed when it refused a configuration, without times and places: its own words for a person. */
export function validationProblem(output: string): string {
  const lines = output.split("\n").map((line) => line.replace(/^(?:\[[^\]]*\]\s*)+/, "").trim());
  const telling = lines.filter((line) => /error|invalid|unknown|unable|proto/i.test(line));
  return (telling.at(-1) ?? lines.findLast((line) => line !== "") ?? "Envoy says nothing more.").slice(0, 500);
}

