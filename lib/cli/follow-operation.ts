import type { VerbContext } from "@/lib/access/verb-context";
import { getOperation } from "@/lib/projects/get-operation";
import type { OperationView } from "@/lib/projects/views";
import { CliError } from "./cli-error";

const waitAtMostMs = 2_000;
const endedStatuses: readonly OperationView["status"][] = ["done", "failed", "cancelled", "undone"];

/**
 * Follows an operation to its end, telling each step once as it begins and ends.
 * @throws CliError with the cause and the evidence when it does not end well.
 */
export async function followOperation(ctx: VerbContext, operationId: string, tell: (line: string) => void): Promise<void> {
  const told = new Set<string>();
  const never = new AbortController().signal;
  for (;;) {
    const token = await ctx.store.changeToken();
    const operation = await getOperation(ctx, operationId);
    for (const line of newLines(operation, told)) tell(line);
    if (endedStatuses.includes(operation.status)) {
      if (operation.status !== "done") throw new CliError(describeFailure(operation));
      return;
    }
    await ctx.store.waitForChange(token, { signal: never, timeoutMs: waitAtMostMs });
  }
}

function newLines(operation: OperationView, told: Set<string>): string[] {
  return operation.steps.flatMap((step) => {
    const key = `${step.key}:${step.status}`;
    if (told.has(key) || step.status === "pending") return [];
    told.add(key);
    const seconds = step.startedAt !== null && step.finishedAt !== null ? ` (${((Date.parse(step.finishedAt) - Date.parse(step.startedAt)) / 1000).toFixed(1)} s)` : "";
    return [`${step.title}: ${step.status}${seconds}`];
  });
}

function describeFailure({ title, status, failure }: OperationView): string {
  const evidence = (failure?.evidence ?? []).map((line) => `  ${line}`);
  return [`“${title}” ended as ${status}${failure === null ? "." : `: ${failure.sentence}`}`, ...evidence].join("\n");
}
