import { expect, test, type Browser, type Page } from "@playwright/test";
import { confirmIfAsked, expectState, owner, signIn } from "./panel/acts";
import { ask } from "./panel/api";
import { note } from "./panel/panel";
import { statePathOf } from "./panel/where";

/** One journey per role: invited by the owner, and what the role may and may not do, in the browser and past it. */
type Role = "viewer" | "operator" | "admin";
const personOf = (role: Role) => ({ name: `Person ${role}`, email: `${role}@example.com`, password: `the ${role} has a password` });

async function join(browser: Browser, role: Role): Promise<Page> {
  const ownerPage = await browser.newPage();
  await signIn(ownerPage, owner);
  await ownerPage.goto("/team");
  await ownerPage.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = ownerPage.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill(personOf(role).email);
  await dialog.getByLabel("Role").selectOption(role);
  await dialog.getByRole("button", { name: "Make link" }).click();
  const link = dialog.getByText(/http:\/\/\S+\/invitation#\S+/);
  await confirmIfAsked(ownerPage, owner.password, () => link.waitFor({ timeout: 60_000 }));
  const address = (await link.innerText()).trim();
  await ownerPage.close();

  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto(address);
  await page.getByLabel("Name").fill(personOf(role).name);
  await page.getByLabel("Password").fill(personOf(role).password);
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page).toHaveURL(/\/projects$/);
  await context.storageState({ path: statePathOf(role) });
  return page;
}

test("a viewer sees the project and its state, and can change nothing", async ({ browser }) => {
  const page = await join(browser, "viewer");
  const ref = note("projectRef");
  await expect(page.getByRole("link", { name: "New project" })).toHaveCount(0);
  await page.goto(`/projects/${ref}`);
  await expectState(page, "Ready");
  await expect(page.getByRole("button", { name: "Pause" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Settings" })).toHaveCount(0);
  expect((await ask(page, "POST", `/api/v1/projects/${ref}/pause`)).status).toBe(403);
  expect((await ask(page, "POST", `/api/v1/projects/${ref}/reveal`, { names: ["secretKey"] })).status).toBe(403);
  await page.goto(`/projects/${ref}/settings`);
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await expect(page.getByRole("button", { name: `Switch project, now ${ref}` })).toBeVisible();
  await page.goto("/projects/nope/routes");
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Switch project/ })).toHaveCount(0);
});

test("an operator restarts a service and reads logs, and cannot reveal a secret", async ({ browser }) => {
  test.setTimeout(300_000);
  const page = await join(browser, "operator");
  const ref = note("projectRef");
  await page.goto(`/projects/${ref}`);
  await page.getByRole("button", { name: "Restart rest" }).click();
  // Whoever leaves the page at once may take back what was just asked for.
  await expect(page.getByText("Restarting rest.", { exact: true })).toBeVisible();
  await expect(async () => {
    await page.goto(`/projects/${ref}/activity`);
    await expect(page.getByText(/Restart/).first()).toBeVisible();
  }).toPass({ timeout: 60_000 });
  await page.goto(`/projects/${ref}`);
  await expectState(page, "Ready", 120_000);
  await page.getByRole("tab", { name: "Keys and passwords" }).click();
  await expect(page.getByRole("button", { name: "Your role may not reveal secrets" }).first()).toBeDisabled();
  expect((await ask(page, "POST", `/api/v1/projects/${ref}/reveal`, { names: ["secretKey"] })).status).toBe(403);
  expect((await ask(page, "DELETE", `/api/v1/projects/${ref}`, { confirmName: "Journey Shop" })).status).toBe(403);
  await page.goto(`/projects/${ref}/logs`);
  await expect(page.getByRole("main")).toContainText(/log/i);
});

test("an admin edits settings and reveals secrets, and cannot open the installation's settings or touch owners", async ({ browser }) => {
  test.setTimeout(300_000);
  const page = await join(browser, "admin");
  const ref = note("projectRef");
  await page.goto(`/projects/${ref}/settings`);
  await page.getByRole("textbox", { name: "Display name" }).fill("Journey Shop renamed");
  await page.getByRole("button", { name: /^Save/ }).first().click();
  await expect(page.getByRole("heading", { name: "Journey Shop renamed" })).toBeVisible({ timeout: 60_000 });
  await page.goto(`/projects/${ref}`);
  await page.getByRole("tab", { name: "Keys and passwords" }).click();
  const field = page.getByRole("status", { name: "Publishable key", exact: true });
  await page.getByRole("button", { name: "Reveal Publishable key" }).click();
  await confirmIfAsked(page, personOf("admin").password, () => expect(field).toContainText("sb_publishable_", { timeout: 60_000 }));
  await page.goto("/settings");
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await page.goto("/team");
  await expect(page.getByRole("main")).toContainText(owner.name);
  expect((await ask(page, "POST", "/api/v1/invitations", { email: "someone@example.com", role: "owner" })).status).toBe(403);
});
