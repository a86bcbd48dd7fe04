import { kongFile } from "./kong";

/** Listeners of Kong inside its container, all but the proxy on loopback. */
export const kongPorts = { proxy: 8000, admin: 8001, status: 8100 } as const;

/** Checks a declarative file, for a one-off container of the gateway's image that holds the file and the gateway's environment. */
export const kongCheckArgv = (file: string) => ["kong", "config", "parse", file];

/**
 * Puts the uploaded file in force inside the running container: whole, or not at all, with Kong's reason on stdout and exit code 1. As YAML, because only
 * then Kong takes the MD5 of the text as `configuration_hash`; other text it refuses with 415. The image has bash and no client for HTTP.
 * Source: kong/api/api_helpers.lua and kong/api/routes/config.lua of 3.9.3.
 */
export const kongApplyArgv: readonly string[] = [
  "bash",
  "-c",
  [
    "set -e",
    `exec 3<>/dev/tcp/127.0.0.1/${kongPorts.admin}`,
    `{ printf 'POST /config?check_hash=1 HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: text/yaml\\r\\nConnection: close\\r\\nContent-Length: %s\\r\\n\\r\\n' "$(wc -c < ${kongFile})"; cat ${kongFile}; } >&3`,
    "read -r version status reason <&3",
    'case "$status" in 201|304) exit 0 ;; esac',
    "while IFS= read -r line <&3 && [ \"$line\" != $'\\r' ]; do :; done",
    // Entries that are well stand as null in what it says.
    'answer="$(head -c 65536 <&3)"; answer="${answer##*\\"message\\":}"; printf "%s\\n" "Kong answered $status" "${answer//null,/}"; exit 1',
  ].join("\n"),
];

/** Prints Kong's whole answer to a path of its status listener, headers first. Asked by HTTP/1.0: the newer one cuts an answer into pieces, in the middle of lines. */
export const kongStatusArgv = (path: "/status" | "/metrics") => [
  "bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${kongPorts.status} && printf 'GET ${path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && cat <&3`,
];

/** MD5 of the document in force, from the answer to `kongStatusArgv("/status")`; undefined when it tells none. */
export function readConfigurationHash(answer: string): string | undefined {
  return /"configuration_hash":\s*"([0-9a-f]{32})"/.exec(answer)?.[1];
}

/** Prints the hash of the document in force, and the MD5 and SHA-1 of the uploaded file. */
export const kongVersionArgv: readonly string[] = [
  "bash", "-c",
  `exec 3<>/dev/tcp/127.0.0.1/${kongPorts.status} && printf 'GET /status HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && cat <&3; echo; echo "md5 $(md5sum < ${kongFile})"; echo "sha1 $(sha1sum < ${kongFile})"`,
];

/**
 * Version, as `renderKong` has it, of the document in force, from what `kongVersionArgv` printed: that of the uploaded file, if that is
 * what Kong loaded; undefined when it is another one, or Kong does not answer.
 */
export function readKongVersion(stdout: string): string | undefined {
  const md5 = /^md5 ([0-9a-f]{32})/m.exec(stdout)?.[1];
  return md5 !== undefined && readConfigurationHash(stdout) === md5 ? /^sha1 ([0-9a-f]{16})/m.exec(stdout)?.[1] : undefined;
}

/** What Kong printed when it refused a document: its own words for a person, without times and places and what nginx remarks. */
export function kongProblem(output: string): string {
  const lines = output.split("\n").map((line) => line.replace(/^Error: /, "").replace(/^\S+\.lua:\d+: /, "").trim()).filter((line) => line !== "" && !/^Run with --v|^[\d/ :]+\[(warn|notice|info)\] /.test(line));
  return (lines.join(" ") || "Kong says nothing more.").slice(0, 500);
}
