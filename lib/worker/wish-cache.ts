import { fingerprintStack, type StackFingerprint } from "@/lib/engine/fingerprint";
import { loadDesiredStack } from "@/lib/projects/workflows/load-stack";
import type { WorkflowTools } from "@/lib/projects/workflows/tools";

/** What decides how a project's stack looks, but for the content of its secrets. */
export type WishSource = {
  id: string;
  revision: number;
  settingsJson: string;
  ports: readonly { purpose: string; port: number }[];
  subnet: { subnet: string } | null;
  gatewayRevision: number | null;
  gatewayKind: string | null;
  gatewayBesideJson: string | null;
  /** Changes whenever one of the project's secrets is written. */
  secretsVersion: string;
};

/**
 * What ready projects should look like, as hashes. Building it anew opens every secret of a project, which the resync would do for
 * each project every 30 s; the secrets themselves are never kept.
 */
export class WishCache {
  readonly #kept = new Map<string, { key: string; wish: StackFingerprint }>();

  constructor(private readonly tools: Pick<WorkflowTools, "store" | "secrets" | "hash">) {}

  /** @throws when the stack cannot be built from what is stored. */
  async get(source: WishSource): Promise<StackFingerprint> {
    const key = keyOf(source);
    const kept = this.#kept.get(source.id);
    if (kept?.key === key) return kept.wish;
    const wish = fingerprintStack(await loadDesiredStack(this.tools, source.id), this.tools.hash);
    this.#kept.set(source.id, { key, wish });
    return wish;
  }

  /** Lets go of every project that is not among these. */
  keepOnly(projectIds: ReadonlySet<string>): void {
    for (const id of this.#kept.keys()) if (!projectIds.has(id)) this.#kept.delete(id);
  }
}

function keyOf({ revision, settingsJson, ports, subnet, gatewayRevision, gatewayKind, gatewayBesideJson, secretsVersion }: WishSource): string {
  const held = ports.map(({ purpose, port }) => `${purpose}:${port}`).sort();
  return JSON.stringify([revision, settingsJson, held, subnet?.subnet ?? null, gatewayRevision, gatewayKind, gatewayBesideJson, secretsVersion]);
}
