import { test } from "@playwright/test";
import { clearPanel } from "./panel/panel";

test("stopping the panel ends it, so that everything of it can be removed", async () => {
  test.setTimeout(5 * 60_000);
  await clearPanel();
});
