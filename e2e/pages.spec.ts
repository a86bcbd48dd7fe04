import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { owner, signIn } from "./panel/acts";
import { must } from "./panel/api";
import { note } from "./panel/panel";
import { pages } from "@/lib/server/route-table";

/** Every page there is, as a person with a screen reader, a phone or a keyboard meets it. */
type PagePath = keyof typeof pages;
const doors: PagePath[] = ["/sign-in", "/set-up", "/invitation", "/reset-password"];
const inside = (Object.keys(pages) as PagePath[]).filter((path) => path !== "/" && !doors.includes(path));
const widths = [390, 768, 1440];
const themes = ["light", "dark"] as const;

async function addressOf(path: PagePath, page: Parameters<typeof must>[0]): Promise<string> {
  const ref = note("projectRef");
  if (path !== "/operations/[id]") return path.replace("[ref]", ref);
  const { items } = await must<{ items: { id: string }[] }>(page, "GET", "/api/v1/operations");
  const [latest] = items;
  if (latest === undefined) throw new Error("There is no operation to look at.");
  return `/operations/${latest.id}`;
}

async function expectAccessible(page: Parameters<typeof must>[0]): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.target.join(" ")) }))).toEqual([]);
}

async function expectNoSidewaysScroll(page: Parameters<typeof must>[0], width: number): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(excess, `the page is wider than ${width} px`).toBeLessThanOrEqual(0);
}

for (const path of inside) {
  test(`${path} answers, has no accessibility violation in either theme, and fits every width`, async ({ page }) => {
    await page.goto("/projects");
    if (page.url().includes("/sign-in")) await signIn(page, owner);
    const response = await page.goto(await addressOf(path, page));
    expect(response?.status()).toBe(200);
    await page.getByRole("main").waitFor();
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await expectAccessible(page);
    }
    for (const width of widths) await expectNoSidewaysScroll(page, width);
  });
}

test.describe("signed out", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  for (const path of [...doors, "/no-such-page"]) {
    test(`${path} has no accessibility violation in either theme, and fits every width`, async ({ page }) => {
      await page.goto(path);
      await page.getByRole("main").waitFor();
      for (const colorScheme of themes) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await expectAccessible(page);
      }
      for (const width of widths) await expectNoSidewaysScroll(page, width);
    });
  }

  test("signing in takes nothing but a keyboard", async ({ page }) => {
    await page.goto("/sign-in");
    await expect(page.getByLabel("E-mail")).toBeFocused();
    await page.keyboard.type(owner.email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(owner.password);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/projects$/);
    // The palette listens once the page's scripts are in.
    await expect(async () => {
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("dialog")).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await page.keyboard.type("New project");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/projects\/new$/);
  });
});

test("nothing on the project's page moves while live data arrives", async ({ page }) => {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) shifts.push(entry.value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(`/projects/${note("projectRef")}`);
  if (page.url().includes("/sign-in")) await signIn(page, owner);
  await page.goto(`/projects/${note("projectRef")}`);
  // Two rounds of usage samples, which the worker takes every 15 s.
  await page.waitForResponse((response) => response.url().includes("/metrics") && response.ok(), { timeout: 60_000 });
  await page.waitForResponse((response) => response.url().includes("/metrics") && response.ok(), { timeout: 60_000 });
  const total = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0));
  expect(total).toBeLessThanOrEqual(0.05);
});
