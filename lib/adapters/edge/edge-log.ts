import type { LogLine } from "@/lib/engine/port";
import { EdgeError, type EdgeIssuance } from "@/lib/gateway/edge-port";
import { z } from "zod";

const logged = z.object({
  level: z.string(), ts: z.number(), logger: z.string().optional(), msg: z.string(),
  identifier: z.string().optional(), identifiers: z.array(z.string()).optional(), error: z.string().optional(),
  problem: z.object({ detail: z.string().optional() }).loose().optional(),
});

type Logged = z.infer<typeof logged>;

function parseLine(text: string): Logged | null {
  if (!text.startsWith("{")) return null;
  try {
    return logged.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The last thing that went wrong, in Caddy's words: its own last sentence before it ended, or the last error of its log. */
export function lastProblem(lines: readonly LogLine[]): string | null {
  for (const { text } of [...lines].reverse()) {
    if (text.startsWith("Error: ")) return shorten(text.slice("Error: ".length));
    const line = parseLine(text);
    // A name that is not open has no live file, and whoever asks for it has Caddy say so.
    if (line !== null && (line.level === "error" || line.level === "fatal") && !line.msg.startsWith("placeholder:")) return shorten(line.error ?? line.msg);
  }
  return null;
}

const maxDetail = 500;
const shorten = (text: string) => (text.length > maxDetail ? `${text.slice(0, maxDetail)}…` : text);

/** The last line of Caddy's log that is an error; the last line at all where there is none. */
function lastError(lines: readonly string[]): string {
  const errors = lines.flatMap((line) => parseLine(line) ?? []).filter(({ level }) => level === "error");
  return errors.at(-1)?.msg ?? lines.at(-1) ?? "";
}

/** Why a document was refused. Caddy's text names the module and the value that it could not take; it holds no file content. */
export function refusalOf(output: string): EdgeError {
  const said = /^Error: ([\s\S]*)$/m.exec(output)?.[1]?.trim() ?? lastError(output.trim().split("\n"));
  const detail = shorten(said.replace(/^sending configuration to instance: caddy responded with error: HTTP \d+: /, ""));
  const address = /listen \w+ (\S+?): bind: address already in use|listening on (\S+?): .*address already in use/.exec(said);
  const taken = address?.[1] ?? address?.[2];
  if (taken !== undefined) return new EdgeError("port-taken", `${taken} is held by another program on the engine's host. End that program or choose another port, then retry.`, detail, [taken]);
  if (/dial unix|connection refused|no such file/.test(said)) return new EdgeError("not-running", "The edge does not answer on its admin socket.", detail);
  return new EdgeError("refused", "The edge refused the configuration; the last one stays in force.", detail);
}

const attemptEnded = /^(?:could not get certificate from issuer|will retry|final attempt; giving up)/;

/**
 * What became of getting a certificate for a name, by the last lines of the log about it. A challenge that failed ends no attempt: another
 * kind is tried then. A load of the edge begins attempts anew, so one that was cancelled says nothing.
 */
export function readIssuance(lines: readonly LogLine[], hostname: string): EdgeIssuance {
  let failedAtMs: number | null = null;
  let detail: string | null = null;
  for (const { text } of [...lines].reverse()) {
    const line = parseLine(text);
    if (line?.logger?.startsWith("tls") !== true || !(line.identifier === hostname || line.identifiers?.includes(hostname) === true)) continue;
    const atMs = Math.round(line.ts * 1000);
    if (line.level === "error" && !/context canceled/.test(line.error ?? "")) {
      // The last error closes the attempt with a summary; the authority's own words stand in the one about the challenge before it.
      detail = line.problem?.detail ?? detail ?? shorten(line.error ?? line.msg);
      if (failedAtMs === null && attemptEnded.test(line.msg)) failedAtMs = atMs;
    } else if (/^certificate (?:obtained successfully|renewed successfully|already exists in storage)/.test(line.msg)) {
      return failedAtMs === null ? { state: "obtained", detail: null, atMs } : { state: "failed", detail, atMs: failedAtMs };
    } else if (/^(?:obtaining|renewing) certificate$/.test(line.msg)) {
      return failedAtMs === null ? { state: "trying", detail, atMs } : { state: "failed", detail, atMs: failedAtMs };
    }
  }
  return failedAtMs === null ? { state: "unknown", detail: null, atMs: null } : { state: "failed", detail, atMs: failedAtMs };
}
