import { expect, test, type Page } from "@playwright/test";
import { owner, signIn } from "./panel/acts";
import { must } from "./panel/api";
import { joinAs } from "./panel/join";
import { keepAsking } from "./panel/keep-asking";
import { note } from "./panel/panel";
import { turnEdge } from "./panel/turn-edge";

/** A real project, switched to the other gateway and back on its page, while requests run through the edge. */
test.describe.configure({ mode: "serial" });

const ref = () => note("projectRef");
const switchLimitMs = 120_000;
const gatewayPage = () => `/projects/${ref()}/routes/gateway`;

async function openGateway(page: Page): Promise<void> {
  await page.goto(gatewayPage());
  if (page.url().includes("/sign-in")) {
    await signIn(page, owner);
    await page.goto(gatewayPage());
  }
  await expect(page.getByRole("heading", { name: "Gateway", exact: true })).toBeVisible();
}

/** Presses the button, agrees to what is different where that is asked, and waits until the other one serves. */
async function switchTo(page: Page, name: "Envoy" | "Kong", verb: string): Promise<void> {
  await page.getByRole("button", { name: `${verb} to ${name}` }).click();
  const dialog = page.getByRole("dialog", { name: `${verb} to ${name}` });
  await expect(dialog).toContainText("no request is lost");
  const agreement = dialog.getByRole("checkbox");
  if ((await agreement.count()) > 0) await agreement.check();
  await dialog.getByRole("button", { name: `${verb} to ${name}` }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("definition").filter({ hasText: name === "Kong" ? "Kong, chosen here" : "Envoy, as the release has it" })).toBeVisible({ timeout: switchLimitMs });
  await expect(page.getByRole("region", { name: "Switch the gateway" })).toHaveCount(0, { timeout: switchLimitMs });
}

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000);
  await turnEdge(browser, "on");
});

test.afterAll(async ({ browser }) => {
  test.setTimeout(180_000);
  await turnEdge(browser, "off");
});

test("what the other gateway does otherwise is shown before anything is switched", async ({ page }) => {
  await openGateway(page);
  await expect(page.getByRole("navigation", { name: "Breadcrumb" })).toContainText(/Routes\s*\/\s*Envoy or Kong/);
  await expect(page.getByRole("definition").filter({ hasText: "Envoy, as the release has it" })).toBeVisible();
  await expect(page.getByRole("region", { name: "What is never the same" })).toContainText("Drops the header");
  await expect(page.getByText(/\d+ of \d+ routes mean the same on both/)).toBeVisible();
});

test("Kong takes over while requests run, Envoy takes over again, and no request is lost", async ({ page }) => {
  test.setTimeout(300_000);
  await openGateway(page);
  const load = keepAsking(`${note("links").apiUrl ?? ""}/auth/v1/settings`, { apikey: note("secrets")["Publishable key"] ?? "" });
  await switchTo(page, "Kong", "Switch");
  await expect(page.getByRole("definition").filter({ hasText: "kept for the way back" })).toContainText("in 24 h");
  await switchTo(page, "Envoy", "Switch back");
  const { asked, failed } = await load.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(100);
  await page.getByRole("button", { name: "End Kong now" }).click();
  await page.getByRole("dialog", { name: "End Kong" }).getByRole("button", { name: "End Kong" }).click();
  await expect(page.getByRole("definition").filter({ hasText: "None" })).toBeVisible({ timeout: switchLimitMs });
});

test("who may not change the project sees the gateway and is offered no switch", async ({ page, browser }) => {
  const operator = await joinAs(browser, page, "operator", "switch");
  await operator.goto(gatewayPage());
  await expect(operator.getByText(/routes mean the same on both/)).toBeVisible();
  await expect(operator.getByRole("button", { name: /^Switch (back )?to/ })).toHaveCount(0);
  await must(operator, "GET", `/api/v1/projects/${ref()}/gateway/switch`);
  await operator.context().close();
});
