
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


const adminRequest = (path: string) => `exec 3<>/dev/tcp/127.0.0.1/9901 && printf 'GET ${path} HTTP/1.1\\r\\nhost: admin\\r\\nconnection: close\\r\\n\\r\\n' >&3 && cat <&3; exec 3>&-; echo; echo ---`;

/** Argv that prints readiness, versions and upstreams, one after the other. Its text is constant. */
export const readHealthArgv = ["bash", "-c", [adminRequest("/ready"), adminRequest("/stats?filter=(version_text|update_rejected|update_failure|downstream_cx_active)$"), adminRequest("/clusters")].join("\n")];

export type EnvoyUpstream = { name: string; addresses: string[]; activeConnections: number; requests: number; failedRequests: number; failedConnections: number };
export type EnvoyHealth = { isReady: boolean; versions: VersionsInForce; /** Connections of clients open now; null when it does not tell. */ connections: number | null; upstreams: EnvoyUpstream[] };

/** Reads what `readHealthArgv` printed; null when the admin page did not answer. */
export function parseHealth(stdout: string): EnvoyHealth | null {
  const [ready = "", stats = "", clusters = ""] = stdout.split("\n---");
  if (!ready.includes("HTTP/1.1 ")) return null;
  return { isReady: /\bLIVE\b/.test(ready), versions: parseVersions(stats), connections: parseConnections(stats), upstreams: parseUpstreams(clusters) };
}

/** Of the project's own listener, not of the admin page. */
function parseConnections(stats: string): number | null {
  const found = /^http\.project\.downstream_cx_active: (\d+)/m.exec(stats)?.[1];
  return found === undefined ? null : Number(found);
}

/** Lines of `/clusters`: `name::address:port::key::value`, and `name::key::value` for what concerns the whole cluster. */
function parseUpstreams(text: string): EnvoyUpstream[] {
  const upstreams = new Map<string, EnvoyUpstream>();
  for (const line of text.split("\n")) {
    const [name, second, key, value] = line.trim().split("::");
    if (name === undefined || second === undefined || key === undefined) continue;
    const upstream = upstreams.get(name) ?? { name, addresses: [], activeConnections: 0, requests: 0, failedRequests: 0, failedConnections: 0 };
    upstreams.set(name, upstream);
    if (value === undefined || !/:\d+$/.test(second)) continue;
    if (!upstream.addresses.includes(second)) upstream.addresses.push(second);
    if (key === "cx_active") upstream.activeConnections += Number(value);
    if (key === "rq_total") upstream.requests += Number(value);
    if (key === "rq_error") upstream.failedRequests += Number(value);
    if (key === "cx_connect_fail") upstream.failedConnections += Number(value);
  }
  return [...upstreams.values()];
}
