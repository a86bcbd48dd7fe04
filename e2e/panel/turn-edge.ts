import { expect, type Browser } from "@playwright/test";
import { owner, signIn } from "./acts";
import { must } from "./api";

type Edge = { isOn: boolean; openOperationId: string | null; waiting: unknown[] };

/** Turns the edge on or off as the owner, and waits until every project has followed. */
export async function turnEdge(browser: Browser, wish: "on" | "off"): Promise<void> {
  const page = await (await browser.newContext({ storageState: { cookies: [], origins: [] } })).newPage();
  await signIn(page, owner);
  const read = () => must<Edge>(page, "GET", "/api/v1/edge");
  if ((await read()).isOn !== (wish === "on")) await must(page, "POST", `/api/v1/edge/turn-${wish}`);
  await expect.poll(async () => read().then(({ isOn, openOperationId, waiting }) => isOn === (wish === "on") && openOperationId === null && waiting.length === 0), { timeout: 150_000 }).toBe(true);
  await expect.poll(async () => (await must<{ items: { runningOperationId: string | null }[] }>(page, "GET", "/api/v1/projects")).items.every(({ runningOperationId }) => runningOperationId === null), { timeout: 60_000 }).toBe(true);
  await page.context().close();
}
