import { kongFile } from "./kong";

/** Listeners of Kong inside its container, all but the proxy on loopback. */
export const kongPorts = { proxy: 8000, admin: 8001, status: 8100 } as const;

/** Checks a declarative file, for a one-off container of the gateway's image that holds the file and the gateway's environment. */
export const kongCheckArgv = (file: string) => ["kong", "config", "parse", file];

/**
 * Puts the uploaded file in force inside the running container: whole, or not at all, with Kong's reason on stdout and exit code 1. As plain text, because only
 * then Kong takes the MD5 of the text as `configuration_hash`. The image has bash and no client for HTTP.
 */
export const kongApplyArgv: readonly string[] = [
  "bash",
  "-c",
  [
    "set -e",
    `exec 3<>/dev/tcp/127.0.0.1/${kongPorts.admin}`,
    `{ printf 'POST /config?check_hash=1 HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: text/plain\\r\\nConnection: close\\r\\nContent-Length: %s\\r\\n\\r\\n' "$(wc -c < ${kongFile})"; cat ${kongFile}; } >&3`,
    "read -r version status reason <&3",
    'case "$status" in 201|304) exit 0 ;; *) echo "Kong answered $status"; tail -c 2000 <&3; exit 1 ;; esac',
  ].join("\n"),
];

/** Prints Kong's whole answer to a path of its status listener, headers first. */
export const kongStatusArgv = (path: "/status" | "/metrics") => [
  "bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${kongPorts.status} && printf 'GET ${path} HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && cat <&3`,
];

/** MD5 of the document in force, from the answer to `kongStatusArgv("/status")`; undefined when it tells none. */
export function readConfigurationHash(answer: string): string | undefined {
  return /"configuration_hash":\s*"([0-9a-f]{32})"/.exec(answer)?.[1];
}
