import { expect, test, type Locator, type Page } from "@playwright/test";
import { owner, signIn } from "./panel/acts";
import { ask, must } from "./panel/api";
import { joinAs } from "./panel/join";
import { note } from "./panel/panel";

/** The routes of a real project, changed as a person changes them, and asked through its gateway. */
test.describe.configure({ mode: "serial" });

const ref = () => note("projectRef");
const draftOf = (page: Page) => page.getByRole("region", { name: "Draft" });
const applyLimitMs = 90_000;
/** Names of its own for a second try: the first may have come far enough to open its own. */
const openedPath = "/health-check";
const openedName = "Health";

/** What the project's gateway answers at a path, to nobody. */
async function statusAt(path: string): Promise<number> {
  return (await fetch(`${note("links").apiUrl ?? ""}${path}`, { redirect: "manual" })).status;
}

async function openRoutes(page: Page): Promise<void> {
  await page.goto(`/projects/${ref()}/routes`);
  if (page.url().includes("/sign-in")) {
    await signIn(page, owner);
    await page.goto(`/projects/${ref()}/routes`);
  }
  await expect(page.getByRole("region", { name: "Routes in order of precedence" })).toBeVisible();
}

type Typed = { name: string; path: string; kind?: string; upstream?: string; address?: string; rewrite?: string; access?: string };

/** Opens the sheet and fills it; what is left out keeps what it is offered with. */
async function typeRoute(page: Page, { name, path, kind = "Starts with", upstream, address, rewrite, access }: Typed): Promise<Locator> {
  await page.getByRole("button", { name: "Add route" }).click();
  const sheet = page.getByRole("dialog", { name: "Add a route" });
  await sheet.getByLabel("Name", { exact: true }).fill(name);
  await sheet.getByLabel("Path").selectOption(kind);
  await sheet.getByLabel("Value", { exact: true }).fill(path);
  if (upstream !== undefined) await sheet.getByLabel("Upstream").selectOption(upstream);
  if (address !== undefined) await sheet.getByLabel("Address", { exact: true }).fill(address);
  if (rewrite !== undefined) await sheet.getByLabel("Rewrite").fill(rewrite);
  if (access !== undefined) await sheet.getByLabel("Access").selectOption(access);
  return sheet;
}

async function saveRoute(page: Page, typed: Typed): Promise<void> {
  const sheet = await typeRoute(page, typed);
  await sheet.getByRole("button", { name: "Save to draft" }).click();
  await expect(sheet).toHaveCount(0);
}

test("a route that is added is said in words, applied, and answers through the gateway", async ({ page }) => {
  const path = openedPath;
  await openRoutes(page);
  await expect(draftOf(page)).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Gateway health" })).toContainText("Envoy, ready");
  expect(await statusAt(path)).not.toBe(200);
  const sheet = await typeRoute(page, { name: openedName, path: path.slice(1), kind: "Is exactly", upstream: "auth", rewrite: "/health", access: "Everyone" });
  await expect(sheet.getByText("Path: start it with a slash")).toBeVisible();
  await sheet.getByLabel("Value", { exact: true }).fill(path);
  await expect(sheet.getByText(`opens ${path} to everyone, answered by auth`)).toBeVisible();
  await sheet.getByRole("button", { name: "Save to draft" }).click();
  await expect(draftOf(page)).toContainText(`opens ${path} to everyone, answered by auth`);
  expect(await statusAt(path)).not.toBe(200);

  await page.getByRole("button", { name: "Try a request" }).click();
  const trial = page.getByRole("dialog", { name: "Try a request" });
  await trial.getByLabel("Path and query").fill(`${path}?from=here`);
  await trial.getByLabel("As", { exact: true }).selectOption("Nobody: no key");
  await expect(trial.getByText("Passes on. Everybody may pass.")).toBeVisible();
  await trial.getByLabel("Against").selectOption("What is in force");
  await expect(trial.getByText("Answers 401")).toBeVisible();
  await page.keyboard.press("Escape");

  await draftOf(page).getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText(/Revision \d+ is in force/)).toBeVisible({ timeout: applyLimitMs });
  expect(await statusAt(path)).toBe(200);
});

test("a route to an upstream that does not exist comes back by itself, and the page shows why", async ({ page }) => {
  await openRoutes(page);
  await saveRoute(page, { name: "Nowhere", path: "/nowhere/", upstream: "external", address: "https://nobody.invalid", rewrite: "/", access: "Everyone" });
  await draftOf(page).getByRole("button", { name: "Apply" }).click();
  const failure = page.getByRole("alert").filter({ hasText: "was taken back" });
  await expect(failure).toContainText("nobody.invalid has no address", { timeout: applyLimitMs });
  await expect(page.getByRole("list", { name: "Revisions" }).getByText("Rolled back").first()).toBeVisible();
  expect(await statusAt(openedPath)).toBe(200);

  await openRoutes(page);
  await expect(failure).toContainText("kept as the draft below");
  await expect(draftOf(page)).toContainText("answered by https://nobody.invalid");
  await draftOf(page).getByRole("button", { name: "Discard" }).click();
  await expect(draftOf(page)).toHaveCount(0);
  await expect(failure).toHaveCount(0);
});

test("of two people editing neither overwrites the other", async ({ page, browser }) => {
  const second = await joinAs(browser, page, "operator", "routes");
  await openRoutes(page);
  await openRoutes(second);
  const mine = await typeRoute(second, { name: "Hooks", path: "/second/", upstream: "functions", rewrite: "/" });
  await saveRoute(page, { name: "Hooks", path: "/first/", upstream: "functions", rewrite: "/" });
  await mine.getByRole("button", { name: "Save to draft" }).click();
  const conflict = second.getByRole("dialog", { name: "Somebody else changed the routes" });
  await expect(conflict).toContainText(owner.name);
  await expect(conflict).toContainText("/first/");
  await conflict.getByRole("button", { name: "Add mine to theirs" }).click();
  for (const path of ["/first/", "/second/"]) await expect(draftOf(second)).toContainText(path);
  await openRoutes(page);
  await expect(draftOf(page)).toContainText("/second/");
  await draftOf(page).getByRole("button", { name: "Discard" }).click();
  await expect(draftOf(page)).toHaveCount(0);
  await second.context().close();
});

test("a viewer sees the routes, may try a request, and can change nothing", async ({ page, browser }) => {
  const viewer = await joinAs(browser, page, "viewer", "routes");
  await openRoutes(viewer);
  await expect(viewer.getByText(openedPath, { exact: true })).not.toHaveCount(0);
  await expect(viewer.getByRole("button", { name: /^(Add|Edit|Move|Restore|Private)/ })).toHaveCount(0);
  await expect(viewer.getByRole("button", { name: "Try a request" })).toBeVisible();
  const seen = await must<{ settings: unknown }>(viewer, "GET", `/api/v1/projects/${ref()}/gateway`);
  expect((await ask(viewer, "PUT", `/api/v1/projects/${ref()}/gateway/draft`, { settings: seen.settings, version: null })).status).toBe(403);
  await viewer.context().close();
});

test("the release's own routes come back as a draft, and are in force once applied", async ({ page }) => {
  await openRoutes(page);
  await page.getByRole("button", { name: "Restore the release's routes" }).click();
  await expect(draftOf(page)).toContainText(`removes ${openedName} (${openedPath})`);
  await draftOf(page).getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText(/Revision \d+ is in force/)).toBeVisible({ timeout: applyLimitMs });
  expect(await statusAt(openedPath)).not.toBe(200);
});
