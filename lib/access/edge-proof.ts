import { createHmac, timingSafeEqual } from "node:crypto";

/** What the edge shows the panel. Made from the secret that web and worker can both read, so that nothing has to be handed over. */
export function edgeProof(webSecret: string): string {
  return createHmac("sha256", webSecret).update("basehold edge 1").digest("hex");
}

/** Whether a text is the proof; takes the same time for every text of its length. */
export function isEdgeProof(text: unknown, proof: string): boolean {
  return typeof text === "string" && text.length === proof.length && timingSafeEqual(Buffer.from(text), Buffer.from(proof));
}
