import { EngineError, type EngineErrorKind, type EnginePort } from "./port";
import type { PlanOp } from "./plan";
import { opSentence } from "./plan-text";
import { NotReadyError, type NotReadyCode } from "./wait-ready";

const logTailLines = 30;

export type PlanFailure = {
  opId: number;
  resource: string;
  code: EngineErrorKind | NotReadyCode;
  /** One sentence for a person. */
  sentence: string;
  service: string | null;
  /** Of the container, where one is concerned and has ended. */
  exitCode: number | null;
  /** The container's last log lines, without secrets; else the engine's own words. */
  logTail: string[];
};

type Engine = Pick<EnginePort, "tailLogs" | "inspectContainer">;

/** What went wrong, from the error and from what the container left behind. */
export async function describeFailure(engine: Engine, op: PlanOp, error: unknown, containerId: string | undefined): Promise<PlanFailure> {
  const remains = containerId === undefined ? { exitCode: null, logTail: [] } : await readRemains(engine, containerId);
  const detail = error instanceof EngineError && error.detail !== "" ? [error.detail] : [];
  const message = error instanceof Error ? error.message : String(error);
  return {
    opId: op.id,
    resource: op.resource,
    code: error instanceof EngineError ? error.kind : error instanceof NotReadyError ? error.code : "other",
    sentence: error instanceof NotReadyError ? message : `Could not ${opSentence(op)}: ${message}`,
    service: op.service,
    exitCode: (error instanceof NotReadyError ? error.exitCode : null) ?? remains.exitCode,
    // What a program says of a file that it was given explains more than its log.
    logTail: op.type === "uploadFiles" && detail.length > 0 ? detail : remains.logTail.length > 0 ? remains.logTail : detail,
  };
}

async function readRemains(engine: Engine, containerId: string): Promise<{ exitCode: number | null; logTail: string[] }> {
  const [container, lines] = await Promise.all([
    engine.inspectContainer(containerId).catch(() => null),
    engine.tailLogs(containerId, { tail: logTailLines }).catch(() => []),
  ]);
  const hasEnded = container !== null && container.state !== "running" && container.state !== "created";
  return { exitCode: hasEnded ? container.exitCode : null, logTail: redactLines(lines.map((line) => line.text), container?.environment ?? {}) };
}

const shortestSecret = 6;

/** Lines in which no value of a secret-looking variable can be read: programs print their settings when they cannot start. */
export function redactLines(lines: readonly string[], environment: Readonly<Record<string, string>>): string[] {
  const secrets = [...new Set(Object.entries(environment).flatMap(([name, value]) => secretsIn(name, value)))].sort((a, b) => b.length - a.length);
  return lines.map((line) => secrets.reduce((text, secret) => text.replaceAll(secret, "[redacted]"), line));
}

function secretsIn(name: string, value: string): string[] {
  const ofUrl = /^[a-z][a-z0-9+.-]*:\/\/[^/:@\s]*:([^@\s]+)@/i.exec(value)?.[1];
  const found = /PASS|SECRET|KEY|TOKEN|JWT|JWKS|SALT|CREDENTIAL/i.test(name) ? [value] : [];
  return [...found, ...(ofUrl === undefined ? [] : [ofUrl])].filter((secret) => secret.length >= shortestSecret);
}
