import { z } from "zod";
import { getDomain } from "../domains/domain-row";
import type { Step, Workflow } from "@/lib/operations/types";
import { verifyShown } from "./domain-certificate";
import { syncEdge } from "./follow-with-edge";
import type { WorkflowTools } from "./tools";

const answering = z.object({ redirectsHttp: z.boolean(), hstsSeconds: z.number().int().nullable() });
const changeInput = z.object({ projectId: z.string(), domainId: z.string(), before: answering, after: answering });

/** `tls` is left out in what an earlier version stored, which replaced uploaded ones alone. */
const certified = z.object({ tls: z.enum(["acme", "uploaded", "internal"]).default("uploaded"), certificatePem: z.string().nullable(), keyCiphertext: z.string().nullable() });
const certificateInput = z.object({ projectId: z.string(), domainId: z.string(), before: certified, after: certified });

type Served = { projectId: string; domainId: string; before: Record<string, unknown>; after: Record<string, unknown> };

/** Writes columns of the domain and lets the edge follow; undone by writing what was there before. */
function serveStep<Input extends Served>(tools: WorkflowTools, title: string, toData: (input: Input, which: "before" | "after") => Promise<Record<string, unknown>>): Step<Input> {
  const write = async (input: Input, which: "before" | "after", signal: AbortSignal) => {
    const data = { ...(await toData(input, which)), updatedAt: tools.now() };
    await tools.store.transaction((tx) => tx.domain.updateMany({ where: { id: input.domainId }, data }));
    await syncEdge(tools, signal);
  };
  return {
    key: "serve", title, timeoutMs: 60_000, isCancellable: true,
    run: ({ input }, signal) => write(input, "after", signal),
    undo: ({ input }, _output, signal) => write(input, "before", signal),
  };
}

/** HTTP redirect and HSTS of a name that is open. */
export function changeDomainWorkflow(tools: WorkflowTools): Workflow<z.infer<typeof changeInput>> {
  return {
    kind: "domain.change",
    parseInput: (json) => changeInput.parse(json),
    onFailure: "undo",
    steps: [serveStep(tools, "Let the edge answer as wished", async (input, which) => input[which])],
    async settle({ input: { domainId, before }, outcome }, tx) {
      if (outcome !== "done") await tx.domain.updateMany({ where: { id: domainId }, data: before });
    },
  };
}

/** Another certificate for a name that stays open meanwhile: it is shown, or the one before comes back. */
export function replaceCertificateWorkflow(tools: WorkflowTools): Workflow<z.infer<typeof certificateInput>> {
  return {
    kind: "domain.certificate",
    parseInput: (json) => certificateInput.parse(json),
    onFailure: "undo",
    steps: [
      serveStep(tools, "Give the edge the certificate", async ({ domainId, projectId, before, after }, which) => {
        const { keyCiphertext, ...certificate } = which === "after" ? after : before;
        if (keyCiphertext === null) return { ...certificate, keyCiphertext };
        return { ...certificate, keyCiphertext: await tools.store.transaction((tx) => tools.certificateKeys.keep(tx, { id: domainId, projectId, keyCiphertext })) };
      }),
      {
        key: "verify", title: "Verify the certificate that is shown", timeoutMs: 90_000, isCancellable: true,
        run: async ({ input: { domainId }, emit }, signal) => verifyShown(tools, await getDomain(tools.store.db, domainId), emit, signal),
      },
    ],
    async settle({ input: { domainId, before }, outcome }, tx) {
      if (outcome !== "done") await tx.domain.updateMany({ where: { id: domainId }, data: before });
    },
  };
}
