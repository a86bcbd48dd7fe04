"use client";
import { PassingOperation } from "@/components/operations/passing-operation";
import type { OperationView } from "@/lib/projects/views";
import type { KeysActs } from "./keys-acts";

/** A change of keys on its way, step by step. */
export function KeysProgress({ operation, cancel }: { operation: OperationView; cancel: KeysActs["cancel"] | null }) {
  return <PassingOperation operation={operation} label={operation.title} heading={<span className="font-medium">{operation.title}</span>} cancel={cancel} cancelled="Cancelling. The earlier keys come back." />;
}
