import { z } from "zod";
import { StepFailure } from "@/lib/operations/step-failure";
import type { Workflow } from "@/lib/operations/types";
import { parseSettings } from "../settings-schema";
import type { ContractResultView } from "../views";
import { loadProject } from "./load-stack";
import { runContract, tellFailed } from "./prove-step";
import type { WorkflowTools } from "./tools";

const input = z.object({ projectId: z.string() });

/** Sends the contract through the public URL, as browsers reach it, and changes nothing: what a proxy of the operator's own does to it. */
export function checkPublicWorkflow(tools: WorkflowTools): Workflow<z.infer<typeof input>> {
  return {
    kind: "project.check-public",
    parseInput: (json) => input.parse(json),
    onFailure: "hold",
    steps: [
      {
        key: "check", title: "Send the contract through the public URL", timeoutMs: 90_000, isCancellable: true,
        async run({ input: { projectId }, emit }, signal) {
          const results = await runContract(tools, { projectId, deadlineMs: 0, via: "public" }, signal, (passed, total) =>
            emit({ level: "progress", message: `${passed} of ${total} requests answered as they must`, current: passed, total, detail: null }),
          );
          if (results.every(({ isPassed }) => isPassed)) return { requests: results.length };
          const { publicUrl } = parseSettings((await loadProject(tools, projectId)).settingsJson);
          throw new StepFailure({ code: "public-check-failed", sentence: sayWhy(results, publicUrl), service: null, evidence: tellFailed(results).slice(0, 20), isRetryable: true });
        },
      },
    ],
    settle: () => Promise.resolve(),
  };
}

function sayWhy(results: readonly ContractResultView[], publicUrl: string): string {
  const failed = results.filter(({ isPassed }) => !isPassed);
  if (failed.length < results.length) return `${failed.length} of ${results.length} requests through ${publicUrl} were not answered as they must be. The project itself answers them: look what the proxy in front changes.`;
  return `No request through ${publicUrl} was answered as it must be. Check that the name leads to the proxy, that its certificate is one that this machine trusts, and that it passes requests on to the project.`;
}
