import { clearPanel } from "./panel";

/** Leaves nothing behind, unless somebody wants to look at what a failed test left. */
export default async function stopPanel(): Promise<void> {
  if (process.env["BASEHOLD_E2E_KEEP"] === undefined) await clearPanel();
}
