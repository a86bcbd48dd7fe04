import { PanelError } from "@/lib/access/errors";
import { EngineError } from "@/lib/engine/port";
import { StepFailure } from "./step-failure";
import type { OperationFailure } from "./types";

const evidenceLinesMax = 60;
const evidenceLineMax = 500;
const sentenceMax = 600;

/** Thrown when a step does not end within its time limit. */
export class StepTimeoutError extends Error {
  constructor(readonly timeoutMs: number) {
    super(`It did not end within ${sayDuration(timeoutMs)}.`);
    this.name = "StepTimeoutError";
  }
}

type Place = { stepKey: string | null; title: string };

/** Whatever a step threw, as one sentence for a person, with the evidence that helps. */
export function toFailure(error: unknown, { stepKey, title }: Place): OperationFailure {
  const known = knownFailure(error, title);
  return {
    stepKey,
    code: known.code,
    service: known.service,
    isRetryable: known.isRetryable,
    sentence: clip(plain(known.sentence), sentenceMax),
    evidence: known.evidence.flatMap((text) => text.split("\n")).map((line) => clip(plain(line), evidenceLineMax)).filter((line) => line !== "").slice(-evidenceLinesMax),
  };
}

function knownFailure(error: unknown, title: string): Omit<OperationFailure, "stepKey"> {
  const base = { service: null, evidence: [], isRetryable: true };
  if (error instanceof StepFailure) return error.failure;
  if (error instanceof EngineError) return { ...base, code: error.kind, sentence: error.message, evidence: [error.detail] };
  if (error instanceof StepTimeoutError) return { ...base, code: "timeout", sentence: `“${title}” did not end within ${sayDuration(error.timeoutMs)}.` };
  if (error instanceof PanelError) return { ...base, code: error.code, sentence: error.publicMessage, isRetryable: error.status !== 403 && error.status !== 404 };
  if (isStoreError(error)) return { ...base, ...storeFailure(error) };
  return { ...base, code: "internal", sentence: `“${title}” failed: ${error instanceof Error ? error.message : String(error)}` };
}

type StoreError = Error & { code: string };

/** Errors of the store carry a code such as `P1008`; their text shows the query, which is not for people. */
function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && "code" in error && typeof error.code === "string" && /^P\d{4}$/.test(error.code);
}

/** Whether the store could not be written because somebody else holds it; the same write may succeed a moment later. */
export function isStoreLocked(error: unknown): boolean {
  return isStoreError(error) && ["P1008", "P2024", "P2028", "P2034"].includes(error.code);
}

function storeFailure(error: StoreError): Pick<OperationFailure, "code" | "sentence" | "evidence"> {
  const isLocked = isStoreLocked(error);
  const sentence = isLocked ? "The panel's store was locked by another process for too long. Nothing is lost; try again." : "The panel's store refused a write.";
  return { code: isLocked ? "store-locked" : "store", sentence, evidence: [`${error.code} ${error.message.trim().split("\n").at(-1) ?? ""}`] };
}

/** Without the control characters that a program prints for its terminal, and which PostgreSQL does not store. */
export function plain(text: string): string {
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}

/** The text, cut at a whole character. */
export function clip(text: string, lengthMax: number): string {
  const characters = [...text];
  return characters.length <= lengthMax ? text : `${characters.slice(0, lengthMax - 1).join("")}…`;
}

function sayDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${durationMs} ms`;
  return durationMs < 120_000 ? `${Math.round(durationMs / 1_000)} s` : `${Math.round(durationMs / 60_000)} min`;
}
