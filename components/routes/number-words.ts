import type { RouteNumbers } from "@/lib/gateway/route-meter";

export type NumberKey = "rate" | "p50" | "p95" | "clientErrors" | "serverErrors";

/** What the cells of a route's live numbers say; a dash without requests to tell of. */
export function numberTexts(numbers: RouteNumbers | undefined): Record<NumberKey, string> {
  if (numbers === undefined || numbers.requests === 0) return { rate: "–", p50: "–", p95: "–", clientErrors: "–", serverErrors: "–" };
  return {
    rate: rateText(numbers.requestsPerSecond),
    p50: latencyText(numbers.p50Ms),
    p95: latencyText(numbers.p95Ms),
    clientErrors: String(numbers.clientErrors),
    serverErrors: String(numbers.serverErrors),
  };
}

// One request in five minutes is 0.003/s: a rate never reads as zero when there was a request.
function rateText(perSecond: number): string {
  if (perSecond < 0.01) return "<0.01";
  return perSecond < 10 ? perSecond.toFixed(2) : perSecond.toFixed(0);
}

function latencyText(milliseconds: number | null): string {
  if (milliseconds === null) return "–";
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
