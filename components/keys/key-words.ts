import { replacedServices } from "@/lib/stack/key-words";
import type { ServiceName } from "@/lib/stack/desired";

export const overlapChoices = [
  { hours: 0, label: "None", hint: "The old key ends as soon as the project's services have the new one." },
  { hours: 1, label: "1 hour", hint: null },
  { hours: 24, label: "24 hours", hint: "Time for one deployment of everything that holds the key." },
  { hours: 168, label: "7 days", hint: null },
  { hours: 720, label: "30 days", hint: "For apps that people have to update." },
] as const;

const list = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** What is replaced, and that requests go on: a rotation of opaque keys, or a switch of the legacy ones. */
export function replacedSentence(act: "opaque-key" | "legacy", services: readonly ServiceName[]): string {
  const replaced = replacedServices(act, services);
  const gateway = "The gateway takes its keys while it runs: no request fails and no socket closes.";
  return replaced.length === 0 ? gateway : `Replaced, the new container before the old one goes: ${list.format(replaced)}. ${gateway}`;
}

/** How often legacy keys were used, in one sentence; null when they were not. */
export function sayUse(requestsLastDay: number, requestsLastWeek: number): string | null {
  if (requestsLastWeek === 0) return null;
  const times = (count: number) => (count === 1 ? "1 request" : `${count.toLocaleString("en-GB")} requests`);
  return `${times(requestsLastWeek)} with a legacy key within the last 7 days, ${requestsLastDay === 0 ? "none" : requestsLastDay.toLocaleString("en-GB")} of them within the last 24 hours. Whoever still sends one is refused with 401.`;
}
