import { z } from "zod";
import type { ActorRef, OperationFailure, OperationKind, OperationRow, OperationStatus, StepRow, StepStatus } from "./types";

/** An operation as the store holds it. */
export type OperationRecord = {
  id: string; kind: string; projectId: string | null; inputJson: string; status: string; attempt: number; maxAttempts: number; actorJson: string;
  cancelRequestedAt: Date | null; cancelActorJson: string | null; pointOfNoReturnAt: Date | null; leaseToken: string | null; leaseUntil: Date | null;
  createdAt: Date; startedAt: Date | null; finishedAt: Date | null; errorJson: string | null; resultJson: string | null;
};

export type StepRecord = {
  key: string; title: string; ordinal: number; status: string; attempt: number; outputJson: string | null;
  startedAt: Date | null; finishedAt: Date | null; errorJson: string | null;
};

const named = { name: z.string() };
const onBehalf = { userId: z.string(), ...named, ip: z.string().nullable() };
const actorRefSchema: z.ZodType<ActorRef> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), sessionId: z.string(), ...onBehalf }),
  z.object({ kind: z.literal("token"), tokenId: z.string(), ...onBehalf }),
  z.object({ kind: z.literal("system"), ...named }),
  z.object({ kind: z.literal("setup"), ...named }),
  z.object({ kind: z.literal("cli"), ...named }),
]);

const failureSchema: z.ZodType<OperationFailure> = z.object({
  code: z.string(),
  sentence: z.string(),
  stepKey: z.string().nullable(),
  service: z.string().nullable(),
  evidence: z.array(z.string()),
  isRetryable: z.boolean(),
});

/** Parses a stored failure; null where none is stored. */
export function parseFailure(json: string | null): OperationFailure | null {
  return json === null ? null : failureSchema.parse(JSON.parse(json));
}

/** Parses `actorJson`. Throws when somebody else wrote it. */
export function parseActorRef(json: string): ActorRef {
  return actorRefSchema.parse(JSON.parse(json));
}

const parseJson = (json: string | null): unknown => (json === null ? null : JSON.parse(json));

/** The operation as steps and workflows see it. Throws when the row cannot be read. */
export function toOperationRow(record: OperationRecord): OperationRow {
  return {
    id: record.id,
    kind: record.kind as OperationKind,
    projectId: record.projectId,
    input: parseJson(record.inputJson),
    status: record.status as OperationStatus,
    attempt: record.attempt,
    maxAttempts: record.maxAttempts,
    actor: parseActorRef(record.actorJson),
    cancelRequestedAt: record.cancelRequestedAt,
    pointOfNoReturnAt: record.pointOfNoReturnAt,
    leaseToken: record.leaseToken,
    leaseUntil: record.leaseUntil,
    createdAt: record.createdAt,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    failure: parseFailure(record.errorJson),
    result: parseJson(record.resultJson),
  };
}

/** One line of the journal. */
export function toStepRow(record: StepRecord): StepRow {
  return {
    key: record.key,
    title: record.title,
    ordinal: record.ordinal,
    status: record.status as StepStatus,
    attempt: record.attempt,
    output: parseJson(record.outputJson),
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    failure: parseFailure(record.errorJson),
  };
}
