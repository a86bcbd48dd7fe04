import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import type { GatewayHealthResponse } from "@/lib/access/gateway-protocol";
import { test } from "./panel/seeded-panel";

/** The gateway's health on the page, in each state that it can be found in. What the gateway says is made up; that it is asked is the worker's own test. */

const healthy: GatewayHealthResponse = {
  kind: "envoy", isRunning: true, isReachable: true, isReady: true, version: { inForce: "a5a267f4", wanted: "a5a267f4", isWanted: true }, refusedUpdates: 0, lastRefusals: [], activeConnections: 14,
  upstreams: [{ name: "rest", addresses: ["172.30.0.4:3000"], activeConnections: 2, requests: 1200, failedRequests: 3, failedConnections: 0 }],
};
const healthUrl = "**/api/v1/projects/*/gateway/health";
const strip = (page: Page) => page.getByRole("region", { name: "Gateway health" });
const answer = (page: Page, health: Partial<GatewayHealthResponse>) => page.route(healthUrl, (route) => route.fulfill({ json: { ...healthy, ...health } }));
const open = (page: Page) => page.goto("/projects/shop-us/routes");

test("a gateway that is well says so, with its figures and upstreams, and the overview in one line", async ({ page }) => {
  await answer(page, {});
  await open(page);
  for (const text of ["Envoy, ready", "a5a267f4, as wanted", "3 of 1,200"]) await expect(strip(page)).toContainText(text);
  await strip(page).getByText("1 upstream").click();
  await expect(page.getByRole("region", { name: "Upstreams of the gateway" })).toContainText("172.30.0.4:3000");
  expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([]);
  await page.goto("/projects/shop-us");
  await page.getByRole("link", { name: "Envoy, ready" }).click();
  await expect(page).toHaveURL(/\/projects\/shop-us\/routes$/);
});

test("the overview says which gateway serves before it answers, and until when the other one is kept", async ({ page, panel }) => {
  await page.goto("/projects/archive-2019");
  await expect(page.getByRole("definition").filter({ hasText: /^Envoy$/ })).toBeVisible();
  const beside = { state: "kept", until: new Date(Date.now() + 24 * 3_600_000).toISOString() };
  await panel.withStore((store) => store.db.project.update({ where: { ref: "shop-us" }, data: { gatewayKind: "kong", gatewayBesideJson: JSON.stringify(beside) } }));
  await page.goto("/projects/shop-us");
  await expect(page.getByRole("link", { name: "Kong, not known" })).toBeVisible();
  await page.getByRole("link", { name: "Envoy kept, ends in 24 h" }).click();
  await expect(page).toHaveURL(/\/projects\/shop-us\/routes\/gateway$/);
  await expect(page.getByRole("definition").filter({ hasText: "Envoy, kept for the way back" })).toBeVisible();
  await panel.withStore((store) => store.db.project.update({ where: { ref: "shop-us" }, data: { gatewayKind: null, gatewayBesideJson: null } }));
});

test("another configuration than the wanted one, and refusals, are said with the way out", async ({ page }) => {
  await answer(page, { version: { inForce: "00000000", wanted: "a5a267f4", isWanted: false }, refusedUpdates: 2, lastRefusals: ["RouteConfiguration rejected: <script>window.injected = 1</script>"] });
  await open(page);
  for (const text of ["Envoy, other configuration", "00000000, wanted a5a267f4", "Reconcile on the overview"]) await expect(strip(page)).toContainText(text);
  await strip(page).getByText("1 refusal in its log").click();
  await expect(strip(page)).toContainText("RouteConfiguration rejected: <script>");
  expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([]);
});

test("a gateway that is stopped, one that does not answer, and a Kong that does not tell, are told apart", async ({ page }) => {
  const states: [Partial<GatewayHealthResponse>, string][] = [
    [{ isRunning: false, isReachable: false, isReady: false, upstreams: [] }, "nothing of this project can be reached"],
    [{ isReachable: false, isReady: false, upstreams: [] }, "does not answer on its own page"],
    [{ kind: "kong", refusedUpdates: null, upstreams: healthy.upstreams.map((upstream) => ({ ...upstream, addresses: null, activeConnections: null, failedConnections: null })) }, "not told"],
  ];
  for (const [health, text] of states) {
    await page.unroute(healthUrl);
    await answer(page, health);
    await open(page);
    await expect(strip(page)).toContainText(text);
  }
});

test("without a worker it is not known, and what was told before says of when it is", async ({ page }) => {
  await open(page);
  await expect(strip(page)).toContainText("Not known");
  await expect(strip(page)).toContainText("The worker does not answer");
  await page.clock.install();
  await answer(page, {});
  await open(page);
  await expect(strip(page)).toContainText("Envoy, ready");
  await page.unroute(healthUrl);
  await page.clock.runFor(11_000);
  await expect(strip(page)).toContainText("What is shown was told");
  await expect(strip(page)).toContainText("3 of 1,200");
});
