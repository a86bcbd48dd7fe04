import { authorize } from "@/lib/access/authorize";
import type { VerbContext } from "@/lib/access/verb-context";
import { EdgeError } from "@/lib/gateway/edge-port";
import type { EdgeKeeper } from "../edge/edge-keeper";

/** Root certificate of the edge's own authority, for machines that are to trust it; null until it issued one, or while the edge does not run. */
export async function readInternalRoot(ctx: VerbContext, { edge }: { edge: Pick<EdgeKeeper, "internalRoot"> }, ref: string, signal: AbortSignal): Promise<{ pem: string | null }> {
  await authorize(ctx, "project.see", ref);
  try {
    return { pem: await edge.internalRoot(signal) };
  } catch (error) {
    if (error instanceof EdgeError) return { pem: null };
    throw error;
  }
}
