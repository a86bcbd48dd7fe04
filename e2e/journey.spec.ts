import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { confirmIfAsked, expectState, owner, waitUntilDone } from "./panel/acts";
import { addNotes, note, readInstanceId, withStore } from "./panel/panel";
import { resultsFolder, statePathOf } from "./panel/where";

/** The way of the first person, from the printed link to a project that was deleted and came back; one page throughout, as a person has. */
test.describe.configure({ mode: "serial" });

const projectName = "Journey Shop";
const projectRef = "journey-shop";
let page: Page;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
});

test.afterAll(async () => {
  await page.context().storageState({ path: statePathOf("owner") });
  await page.close();
});

test("the set-up link makes the owner, once", async () => {
  await page.goto(note("setUpLink"));
  await page.getByLabel("Name").fill(owner.name);
  await page.getByLabel("E-mail").fill(owner.email);
  await page.getByLabel("Password").fill(owner.password);
  await page.getByRole("button", { name: "Create owner" }).click();
  await expect(page).toHaveURL(/\/projects$/);
  expect(page.url()).not.toContain("#");

  const stranger = await page.context().browser()?.newPage();
  await stranger?.goto(note("setUpLink"));
  await expect(stranger?.getByText("This set-up link does not work") ?? page.locator("nothing")).toBeVisible();
  await stranger?.close();
});

test("an empty panel offers one thing, and nags for the recovery kit until it is saved", async () => {
  await expect(page.getByRole("link", { name: "New project" })).toHaveCount(1);
  await page.getByRole("button", { name: "Show recovery kit" }).click();
  await confirmIfAsked(page, owner.password, () => page.getByRole("dialog", { name: "Recovery kit" }).waitFor());
  const kit = page.getByRole("dialog", { name: "Recovery kit" });
  const [download] = await Promise.all([page.waitForEvent("download"), kit.getByRole("button", { name: "Download" }).click()]);
  await download.saveAs(join(resultsFolder, "e2e-state/recovery-kit.txt"));
  await kit.getByRole("button", { name: "I have saved it" }).click();
  await expect(page.getByText("Save the recovery kit.")).toHaveCount(0);
});

test("a name makes a project, with live progress that survives a reload, until it is proven ready", async () => {
  test.setTimeout(600_000);
  await page.getByRole("link", { name: "New project" }).click();
  await page.getByLabel("Name").fill(projectName);
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page).toHaveURL(/\/operations\//);
  await expect(page.locator("li[aria-current=step]")).toBeVisible();
  await page.reload();
  await expect(page.locator("li[aria-current=step]")).toBeVisible();
  await waitUntilDone(page, 540_000);
  const instanceId = await readInstanceId();
  if (instanceId === null) throw new Error("The installation has no id.");
  addNotes({ projectRef, instanceId });
  await page.getByRole("link", { name: "Open project" }).click();
  await expectState(page, "Ready");
  await expect(page.getByRole("heading", { name: "Contract" })).toBeVisible();
});

test("keys are hidden, and revealed after a second password prompt", async () => {
  // Signing in counts as a proof for ten minutes: make it older than that.
  await withStore((store) => store.db.session.updateMany({ data: { passwordProvedAt: new Date(Date.now() - 11 * 60_000) } }));
  const secrets: Record<string, string> = {};
  await page.getByRole("tab", { name: "Keys and passwords" }).click();
  for (const label of ["Publishable key", "Secret key", "Legacy anon key", "Legacy service_role key", "Postgres password", "JWT secret", "Studio password"]) {
    const field = page.getByRole("status", { name: label, exact: true });
    await expect(field).toHaveText("••••••••••••••••");
    await page.getByRole("button", { name: `Reveal ${label}` }).click();
    if (label === "Publishable key") await expect(page.getByRole("dialog", { name: "Confirm it is you" })).toBeVisible();
    await confirmIfAsked(page, owner.password, () => expect(field).not.toHaveText("••••••••••••••••", { timeout: 60_000 }));
    secrets[label] = (await field.innerText()).trim();
  }
  expect(secrets["Publishable key"]).toMatch(/^sb_publishable_/);
  expect(secrets["Secret key"]).toMatch(/^sb_secret_/);
  const apiUrl = await page.locator("code", { hasText: "http://" }).first().innerText();
  await page.getByRole("tab", { name: "URI" }).click();
  const sessionUri = await page.getByRole("tabpanel", { name: "URI" }).locator("code, pre").first().innerText();
  addNotes({ secrets, links: { apiUrl, sessionUri } });
});

test("pause stops it, resume proves it again", async () => {
  test.setTimeout(420_000);
  await page.getByRole("button", { name: "Pause" }).click();
  await expectState(page, "Paused");
  await page.getByRole("button", { name: "Resume" }).click();
  await expectState(page, "Ready", 240_000);
});

test("export gives an archive to take away", async () => {
  await page.goto(`/projects/${projectRef}/settings`);
  await page.getByRole("button", { name: "Export" }).click();
  await confirmIfAsked(page, owner.password, () => expect(page).toHaveURL(/\/operations\//, { timeout: 60_000 }));
  await waitUntilDone(page);
  const exportPath = join(resultsFolder, "e2e-state/export.tar.gz");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  await (await downloading).saveAs(exportPath);
  expect(statSync(exportPath).size).toBeGreaterThan(2_000);
  addNotes({ exportPath });
});

test("delete wants the name typed and says what goes; undo brings the whole project back", async () => {
  test.setTimeout(420_000);
  await page.goto(`/projects/${projectRef}/settings`);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const sheet = page.getByRole("dialog", { name: `Delete ${projectRef}` });
  await expect(sheet.getByText("This goes")).toBeVisible();
  const button = sheet.getByRole("button", { name: `Delete ${projectRef}` });
  await sheet.getByLabel(/Type .* to confirm/).fill("something else");
  await expect(button).toBeDisabled();
  await sheet.getByLabel(/Type .* to confirm/).fill(projectName);
  await button.click();
  await confirmIfAsked(page, owner.password, () => expect(page).toHaveURL(/\/operations\//, { timeout: 60_000 }));
  await waitUntilDone(page);
  await page.goto(`/projects/${projectRef}`);
  await expectState(page, "Deleted");
  await page.getByRole("button", { name: "Undo delete" }).click();
  await expectState(page, "Ready", 240_000);
});
