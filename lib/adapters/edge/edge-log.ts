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
    if (line !== null && (line.level === "error" || line.level === "fatal")) return shorten(line.error ?? line.msg);
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

/** What became of getting a certificate for a name, by the last lines of the log about it. */
export function readIssuance(lines: readonly LogLine[], hostname: string): EdgeIssuance {
  for (const { text } of [...lines].reverse()) {
    const line = parseLine(text);
    if (line?.logger?.startsWith("tls.") !== true || !(line.identifier === hostname || line.identifiers?.includes(hostname) === true)) continue;
    const atMs = Math.round(line.ts * 1000);
    if (/certificate obtained successfully/.test(line.msg)) return { state: "obtained", detail: null, atMs };
    if (line.level === "error") return { state: "failed", detail: shorten(line.problem?.detail ?? line.error ?? line.msg), atMs };
    if (line.msg === "obtaining certificate") return { state: "trying", detail: null, atMs };
  }
  return { state: "unknown", detail: null, atMs: null };
}
