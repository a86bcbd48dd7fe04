/** Which services a changed setting replaces. Held true by a test that compares two desired stacks. */
export const restartsOf = {
  displayName: [],
  siteUrl: ["auth"],
  redirectUrls: ["auth"],
  smtp: ["auth"],
} as const;

/** "auth restarts: a few seconds in which sign-ins wait." Said before saving. */
export function restartSentence(services: readonly string[]): string {
  if (services.length === 0) return "Nothing restarts.";
  const list = services.length === 1 ? services[0] : `${services.slice(0, -1).join(", ")} and ${services.at(-1)}`;
  const verb = services.length === 1 ? "restarts" : "restart";
  return `${list} ${verb}: requests to ${services.length === 1 ? "it" : "them"} fail or wait for a few seconds. Data stays, and a failed change is taken back.`;
}
