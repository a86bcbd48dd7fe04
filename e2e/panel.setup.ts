import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "@playwright/test";
import { addNotes, clearPanel, up } from "./panel/panel";
import { resultsFolder } from "./panel/where";

/**
 * What an earlier run left is cleared first. While writing tests, BASEHOLD_E2E_KEEP=1 leaves the panel running at the end, and
 * `--no-deps` goes on with it.
 */
test("the start command brings a panel up from nothing and prints the set-up link", async () => {
  test.setTimeout(20 * 60_000);
  await clearPanel();
  rmSync(join(resultsFolder, "e2e-state"), { recursive: true, force: true });
  const said = await up("--lab", "--detach");
  const setUpLink = /http:\/\/\S+\/set-up#\S+/.exec(said)?.[0];
  if (setUpLink === undefined) throw new Error(`The start printed no set-up link:\n${said}`);
  addNotes({ setUpLink });
});
