import { readFileSync } from "node:fs";
import { expect, type Locator } from "@playwright/test";
import { signIn } from "./panel/acts";
import { invite } from "./panel/invite";
import { test } from "./panel/seeded-panel";

/** Acts that a person does now and then, in a real browser; what becomes of each is looked up in the store. */

/** React has put its own text into the field: until then it takes a selection away within a moment, and what is typed over it is added instead. */
async function untilTakenOver(field: Locator): Promise<void> {
  await expect.poll(() => field.evaluate((node) => Object.keys(node).some((key) => key.startsWith("__reactProps$")))).toBe(true);
}

test("a session that is ended elsewhere opens nothing any more, and one's own stays", async ({ page, browser, panel }) => {
  const other = await browser.newContext({ storageState: { cookies: [], origins: [] }, baseURL: panel.url, userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0" });
  const elsewhere = await other.newPage();
  await signIn(elsewhere, { email: "ada@example.com", password: "correct horse battery" });

  await page.goto("/account");
  const row = page.getByRole("table", { name: "Sessions" }).getByRole("row", { name: /Firefox/ });
  await row.getByRole("button", { name: /^End the session/ }).click();
  await expect(row).toHaveCount(0);
  await elsewhere.goto("/projects");
  await expect(elsewhere).toHaveURL(/\/sign-in/);
  await other.close();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Account", level: 1 })).toBeVisible();
});

test("a project is purged from the trash once its name is typed", async ({ page, panel }) => {
  await page.goto("/projects?state=deleted");
  await page.getByRole("button", { name: "Purge old-forum" }).click();
  const sheet = page.getByRole("dialog");
  const confirm = sheet.getByRole("button", { name: "Purge old-forum" });
  await sheet.getByRole("textbox").fill("Old foru");
  await expect(confirm).toBeDisabled();
  await sheet.getByRole("textbox").fill("Old forum");
  await confirm.click();
  await expect(page).toHaveURL(/\/operations\//);
  const purges = await panel.withStore((store) => store.db.operation.findMany({ where: { kind: "project.purge" }, select: { status: true } }));
  expect(purges.map(({ status }) => status)).toEqual(["queued"]);
});

test("the audit log is saved as CSV under the filter that is shown", async ({ page }) => {
  await page.goto("/activity?actor=ada");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export CSV" }).click()]);
  const lines = readFileSync(await download.path(), "utf8").trim().split("\r\n");
  expect(lines[0]).toMatch(/^at,action,summary,/);
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines.slice(1)) expect(line).toContain("Ada Lindqvist");
});

test("drift is set right by itself once the project says so", async ({ page, panel }) => {
  await page.goto("/projects/archive-2019/settings");
  await page.getByLabel("Set it right").check();
  await page.locator("form").filter({ has: page.getByLabel("Set it right") }).getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").getByText("Saved.")).toBeVisible();
  expect(await panel.withStore((store) => store.db.project.findUniqueOrThrow({ where: { ref: "archive-2019" }, select: { driftPolicy: true } }))).toEqual({ driftPolicy: "enforce" });
  await page.reload();
  await expect(page.getByLabel("Set it right")).toBeChecked();
});

test("site and redirect URLs are saved line by line, and a bad one is named and kept", async ({ page, panel }) => {
  await page.goto("/projects/archive-2019/settings");
  const form = page.locator("form").filter({ has: page.getByLabel("Site URL") });
  await untilTakenOver(form.getByLabel("Redirect URLs"));
  await form.getByLabel("Redirect URLs").fill("https://shop.example/**\nnot a url");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert")).toBeVisible();
  await expect(form.getByLabel("Redirect URLs")).toHaveValue("https://shop.example/**\nnot a url");
  await form.getByLabel("Site URL").fill("https://shop.example");
  await form.getByLabel("Redirect URLs").fill("https://shop.example/**\n\n  http://localhost:3000/*  ");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").getByText("Saved.")).toBeVisible();
  const { settingsJson } = await panel.withStore((store) => store.db.project.findUniqueOrThrow({ where: { ref: "archive-2019" }, select: { settingsJson: true } }));
  expect(JSON.parse(settingsJson)).toMatchObject({ siteUrl: "https://shop.example", redirectUrls: ["https://shop.example/**", "http://localhost:3000/*"] });
});

test("what is typed and ticked before the page's script is in stays, and can be saved", async ({ page, panel }) => {
  let letIn = () => {};
  const held = new Promise<void>((resolve) => (letIn = resolve));
  await page.route("**/_next/static/**/*.js", async (route) => held.then(() => route.continue()));
  await page.goto("/projects/archive-2019/settings", { waitUntil: "commit" });
  const urls = page.locator("form").filter({ has: page.getByLabel("Site URL") });
  const drift = page.locator("form").filter({ has: page.getByLabel("Set it right") });
  const id = await drift.getByRole("radio", { checked: false }).getAttribute("id");
  const choice = drift.locator(`[id="${id ?? ""}"]`);
  await urls.getByLabel("Redirect URLs").fill("https://early.example/**");
  await urls.getByLabel("Site URL").fill("https://early.example");
  await choice.check();
  await page.getByLabel("Send mail through an SMTP server").check();
  letIn();
  await expect(page.getByRole("heading", { name: /Not saved$/ })).toHaveCount(3);
  await expect(choice).toBeChecked();
  await expect(page.getByLabel("Send mail through an SMTP server")).toBeChecked();
  await expect(urls.getByLabel("Redirect URLs")).toHaveValue("https://early.example/**");
  await urls.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").getByText("Saved.")).toBeVisible();
  const { settingsJson } = await panel.withStore((store) => store.db.project.findUniqueOrThrow({ where: { ref: "archive-2019" }, select: { settingsJson: true } }));
  expect(JSON.parse(settingsJson)).toMatchObject({ siteUrl: "https://early.example", redirectUrls: ["https://early.example/**"] });
});

test("a dialog that is closed gives the keyboard back to what opened it, also where that was an entry of a menu", async ({ page, panel }) => {
  await page.goto("/projects/archive-2019/settings");
  const duplicate = page.getByRole("button", { name: "Duplicate" });
  await duplicate.press("Enter");
  await expect(page.getByRole("dialog").getByLabel("Name of the new project")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(duplicate).toBeFocused();
  await panel.withStore(async (store) => {
    const { id } = await store.db.project.findUniqueOrThrow({ where: { ref: "shop-eu" } });
    const now = new Date();
    await store.db.domain.create({ data: { id: "d1", projectId: id, hostname: "api.shop.example", kind: "api", tls: "internal", state: "added", isMain: false, redirectsHttp: true, createdAt: now, updatedAt: now } });
  });
  await page.goto("/projects/shop-eu/domains");
  const more = page.getByRole("button", { name: "More for api.shop.example" });
  await more.press("Enter");
  await expect(page.getByRole("menu")).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByLabel("Send plain HTTP to HTTPS")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(more).toBeFocused();
});

test("a token with extra scopes is shown once, listed with them, and opens nothing once it is revoked", async ({ page, panel }) => {
  await page.goto("/account");
  await page.getByRole("button", { name: "New token" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("CI of the shop");
  await dialog.getByLabel("Only these").check();
  await dialog.getByLabel("shop-eu", { exact: true }).check();
  await dialog.getByLabel("Reveal secrets").check();
  await dialog.getByLabel("Export projects").check();
  await dialog.getByRole("button", { name: "Make token" }).click();
  const text = (await dialog.getByText(/^bh_\S+$/).innerText()).trim();
  await dialog.getByRole("button", { name: "Done" }).click();
  const me = async () => (await fetch(`${panel.url.replace("panel.localhost", "127.0.0.1")}/api/v1/me`, { headers: { authorization: `Bearer ${text}` } })).status;
  expect(await me()).toBe(200);
  const row = page.getByRole("table", { name: "API tokens" }).getByRole("row", { name: /CI of the shop/ });
  await expect(row.getByText("reveal", { exact: true })).toBeVisible();
  await expect(row.getByText("export", { exact: true })).toBeVisible();
  await expect(row.getByText("shop-eu")).toBeVisible();
  await row.getByRole("button", { name: /^Revoke/ }).click();
  await expect(row).toHaveCount(0);
  expect(await me()).toBe(401);
});

test("a project whose settings cannot be read says so on its page, and can be deleted", async ({ page, panel }) => {
  await panel.withStore((store) => store.db.project.update({ where: { ref: "ledger" }, data: { settingsJson: "{" } }));
  await page.goto("/projects/ledger/logs");
  await expect(page.getByRole("alert").getByText("The settings of this project cannot be read.")).toBeVisible();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("Ledger");
  await page.getByRole("dialog").getByRole("button", { name: "Delete ledger" }).click();
  await expect(page).toHaveURL(/\/operations\//);
});

test("who joins by an invitation waits at a busy button until the panel opens, and can press it no second time", async ({ browser, panel }) => {
  const outside = await browser.newContext({ storageState: { cookies: [], origins: [] }, baseURL: panel.url });
  const page = await outside.newPage();
  let letIn: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letIn = resolve));
  await page.route("**/api/auth/callback/credentials", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(await panel.withStore((store) => invite(store, panel.url)));
  await page.getByLabel("Name").fill("Nora New");
  await page.getByLabel("Password").fill("nora has a long password");
  const asked = page.waitForRequest("**/api/auth/callback/credentials");
  await page.getByRole("button", { name: "Join" }).click();
  await asked;
  await expect(page.getByRole("button", { name: "Join" })).toHaveAttribute("aria-busy", "true");
  letIn();
  await expect(page).toHaveURL(/\/projects$/);
  await outside.close();
});
