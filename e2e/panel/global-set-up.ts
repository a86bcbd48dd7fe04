import { rmSync } from "node:fs";
import { join } from "node:path";
import { addNotes, clearPanel, up } from "./panel";
import { resultsFolder } from "./where";

/**
 * Starts a panel from nothing with the command that people use; what an earlier run left is cleared first. While writing tests,
 * BASEHOLD_E2E_KEEP=1 leaves it running at the end, and BASEHOLD_E2E_REUSE=1 (with `--no-deps`) goes on with it.
 */
export default async function startPanel(): Promise<void> {
  if (process.env["BASEHOLD_E2E_REUSE"] !== undefined) return;
  await clearPanel();
  rmSync(join(resultsFolder, "e2e-state"), { recursive: true, force: true });
  const said = await up("--lab", "--detach");
  const setUpLink = /http:\/\/\S+\/set-up#\S+/.exec(said)?.[0];
  if (setUpLink === undefined) throw new Error(`The start printed no set-up link:\n${said}`);
  addNotes({ setUpLink });
}
