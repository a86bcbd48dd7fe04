import { test } from "@playwright/test";
import { clearPanel } from "./panel/panel";

test("stopping the panel ends it, so that everything of it can be removed", async () => {
  test.skip(process.env["BASEHOLD_E2E_KEEP"] !== undefined, "Somebody wants to look at what is left.");
  test.setTimeout(5 * 60_000);
  await clearPanel();
});
