import { expect, test, type Browser, type Page } from "@playwright/test";
import { confirmIfAsked, owner, signIn } from "./panel/acts";
import { ask, must } from "./panel/api";
import { joinAs } from "./panel/join";
import { note } from "./panel/panel";
import { turnEdge } from "./panel/turn-edge";

/** Studio of a real project behind the real edge: opened without a password, refused, ended, and signed in at directly. */
test.describe.configure({ mode: "serial" });

const ref = () => note("projectRef");
const studioPage = () => `/projects/${ref()}/studio`;
const userName = "ann";
const applyLimitMs = 90_000;
let operator: Page;
let localAddress = "";

type Studio = { addresses: { url: string; kind: string }[] };

/** Signs in anew, since inviting and adding users want the password lately typed. */
async function openPageAsOwner(page: Page): Promise<void> {
  await signIn(page, owner);
  await page.goto(studioPage());
  await expect(page.getByRole("heading", { name: "Open Studio" })).toBeVisible();
}

/** Presses the button and returns the tab of Studio, once something has answered there. */
async function pressOpen(page: Page): Promise<{ tab: Page; status: number }> {
  const [tab] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("main").getByRole("button", { name: "Open Studio" }).last().click()]);
  await tab.waitForURL(/^http:\/\/127\.0\.0\.1:/);
  const answer = await tab.reload();
  return { tab, status: answer?.status() ?? 0 };
}

/** What Studio's address answers to somebody who comes by hand. */
async function statusWith(headers: Record<string, string> = {}): Promise<number> {
  return (await fetch(`${localAddress}/`, { headers, redirect: "manual" })).status;
}

/** A load of the edge closes connections that are being made (decision 12), and a poll ends with the first question that fails. */
const statusOrNone = (asked: Promise<number>): Promise<number | null> => asked.catch(() => null);

const basic = (username: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` });

test.beforeAll(async ({ browser }: { browser: Browser }) => {
  test.setTimeout(240_000);
  await turnEdge(browser, "on");
  const page = await (await browser.newContext({ storageState: { cookies: [], origins: [] } })).newPage();
  await signIn(page, owner);
  operator = await joinAs(browser, page, "operator", "studio");
  localAddress = (await must<Studio>(operator, "GET", `/api/v1/projects/${ref()}/studio`)).addresses.find(({ kind }) => kind === "local")?.url ?? "";
});

test.afterAll(async ({ browser }) => {
  test.setTimeout(240_000);
  await turnEdge(browser, "off");
});

test("an operator opens Studio without a password, in a tab of its own, and is seen in it", async () => {
  await operator.goto(studioPage());
  const { tab, status } = await pressOpen(operator);
  expect(status).toBeLessThan(400);
  expect(tab.url()).not.toContain("basehold-ticket");
  const cookies = await tab.context().cookies(tab.url());
  expect(cookies.filter(({ name }) => name.startsWith("basehold.studio."))).toMatchObject([{ httpOnly: true, sameSite: "Lax" }]);
  await operator.reload();
  await expect(operator.getByRole("list", { name: "Sessions of Studio" })).toContainText("studio operator");
});

test("a viewer finds no way to it, on the pages and over REST", async ({ page, browser }) => {
  await openPageAsOwner(page);
  const viewer = await joinAs(browser, page, "viewer", "studio");
  await viewer.goto(`/projects/${ref()}`);
  await expect(viewer.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(viewer.getByRole("button", { name: "Open Studio" })).toHaveCount(0);
  await expect(viewer.getByRole("link", { name: "Studio", exact: true })).toHaveCount(0);
  expect((await ask(viewer, "POST", `/api/v1/projects/${ref()}/studio/open`, {})).status).toBe(403);
  expect((await ask(viewer, "GET", `/api/v1/projects/${ref()}/studio`)).status).toBe(403);
  await viewer.context().close();
});

test("whoever comes without a session is shown the two ways in, and the first leads back to the page", async ({ browser }) => {
  const visitor = await (await browser.newContext({ storageState: { cookies: [], origins: [] } })).newPage();
  const answer = await visitor.goto(`${localAddress}/project/default`);
  expect(answer?.status()).toBe(401);
  await expect(visitor.getByRole("link", { name: "Open from the panel" })).toHaveAttribute("href", new RegExp(`/projects/${ref()}/studio\\?to=%2Fproject%2Fdefault$`));
  await expect(visitor.getByRole("link", { name: "Sign in as a user of Studio" })).toBeVisible();
  await visitor.context().close();
});

test("a session that somebody ends is out at its next request", async ({ page }) => {
  await operator.goto(studioPage());
  const { tab } = await pressOpen(operator);
  await openPageAsOwner(page);
  await page.getByRole("button", { name: "End all sessions" }).click();
  await expect(page.getByText("Nobody is in Studio from here")).toBeVisible();
  expect((await tab.reload())?.status()).toBe(401);
  await tab.close();
});

test("a user of Studio is added, revealed, signs in by hand, and is refused once removed", async ({ page }) => {
  await openPageAsOwner(page);
  await page.getByRole("button", { name: "Add user" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a user of Studio" });
  await dialog.getByLabel("User name").fill(userName);
  await dialog.getByRole("button", { name: "Add user" }).click();
  const users = page.getByRole("list", { name: "Users of Studio" });
  await confirmIfAsked(page, owner.password, () => expect(users).toContainText(userName, { timeout: applyLimitMs }));
  await expect(page.getByRole("button", { name: "Add user" })).toBeEnabled({ timeout: applyLimitMs });
  await page.getByRole("button", { name: `Reveal ${userName}`, exact: true }).click();
  const shown = page.getByLabel(userName, { exact: true });
  await expect(shown).toHaveText(/^[A-Za-z0-9]{32}$/);
  const password = (await shown.textContent()) ?? "";
  expect(await statusWith(basic(userName, password))).toBeLessThan(400);
  expect(await statusWith(basic(userName, "not the password"))).toBe(401);
  await page.getByRole("button", { name: `Remove ${userName}`, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: `Remove ${userName}` }).click();
  await expect(users).not.toContainText(userName, { timeout: applyLimitMs });
  // The list is ahead of the gateway: its row goes first.
  await expect(page.getByRole("button", { name: "Add user" })).toBeEnabled({ timeout: applyLimitMs });
  expect(await statusWith(basic(userName, password))).toBe(401);
});

test("a list of networks shuts Studio to everyone else and leaves the API as it is", async ({ page }) => {
  await openPageAsOwner(page);
  const api = async () => (await fetch(`${note("links").apiUrl ?? ""}/auth/v1/health`)).status;
  const usual = await api();
  const networks = page.getByLabel("Networks that may reach Studio");
  const save = page.getByRole("button", { name: "Save" });
  await networks.fill("203.0.113.0/24");
  await save.click();
  await expect.poll(() => statusOrNone(statusWith()), { timeout: applyLimitMs }).toBe(403);
  await expect.poll(() => statusOrNone(api())).toBe(usual);
  // The form is drawn anew with what is in force, and is free again once the operation has ended.
  await expect(async () => {
    await page.reload();
    await expect(networks).toHaveValue("203.0.113.0/24", { timeout: 2_000 });
    await expect(networks).toBeEnabled({ timeout: 2_000 });
  }).toPass({ timeout: applyLimitMs });
  await networks.fill("");
  await save.click();
  await expect.poll(() => statusOrNone(statusWith()), { timeout: applyLimitMs }).toBe(401);
});
