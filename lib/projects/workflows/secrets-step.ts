import { generateProjectSecrets } from "@/lib/stack/keys";
import type { Secret } from "@/lib/stack/secret-value";
import type { SecretName } from "@/lib/stack/settings";
import type { Step } from "@/lib/operations/types";
import type { WorkflowTools } from "./tools";

/** Generates every secret that the project does not have yet; one that exists is never replaced, so a repeated run changes nothing. */
export function secretsStep<Input extends { projectId: string }>(tools: WorkflowTools): Step<Input> {
  return {
    key: "secrets",
    title: "Generate keys and passwords",
    timeoutMs: 30_000,
    isCancellable: true,
    async run({ input }) {
      await tools.secrets.unsealPending(input.projectId);
      const generated = await generateProjectSecrets({
        randomBytes: tools.randomBytes,
        nowSeconds: Math.floor(tools.now().getTime() / 1000),
        uuid: () => crypto.randomUUID(),
      });
      return tools.store.transaction(async (tx) => {
        const existing = new Set(await tools.secrets.listNames(tx, input.projectId));
        let written = 0;
        for (const [name, value] of Object.entries(generated) as [SecretName, Secret | null][]) {
          if (existing.has(name) || value === null) continue;
          await tools.secrets.write(tx, input.projectId, name, value);
          written++;
        }
        return { written };
      });
    },
  };
}
