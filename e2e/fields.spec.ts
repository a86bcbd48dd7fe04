import { expect, type Locator, type Page } from "@playwright/test";
import { createPasswordResetLink } from "@/lib/access/password-reset";
import { randomText } from "@/lib/access/secret-text";
import { createSetUpLink } from "@/lib/access/set-up";
import type { Store } from "@/lib/adapters/store/types";
import { invite } from "./panel/invite";
import { test, type SeededPanel } from "./panel/seeded-panel";

/**
 * Every text field of every form in a real browser, with texts that people paste and programs trip over: refused by the name of a
 * field or kept, never lost, never taken for markup.
 */

// A trace photographs every keystroke, which here costs more than the test.
test.use({ trace: "off" });

const injection = `<img src=x onerror="window.injected=1"><script>window.injected=1</script>`;
const texts = [
  "x".repeat(500),
  `O'Brien "quoted" \\ $(id) \`id\` \${HOME} ${injection}`,
  "👩‍🚀 first\nsecond\r\n\tthird 🏳️‍🌈",
  "مرحبا \u202eעברית 50%_ ../../etc",
] as const;
const rounds = texts.map((_, round) => round);
/** Every field gets every text once, beside fields with others. */
const textFor = (field: number, round: number) => texts[(field + round) % texts.length] ?? "";

type Stop = { name: string; path: string | ((panel: SeededPanel) => Promise<string>); /** Opens what holds more fields than the page shows at first. */ open?: (page: Page) => Promise<void> };

const press = (name: string) => async (page: Page) => page.getByRole("button", { name, exact: true }).first().click();

/** The path, on an installation whose edge is on. */
async function withEdge(panel: SeededPanel, path: string): Promise<string> {
  const data = { valueJson: JSON.stringify({ isOn: true, acme: null }), updatedAt: new Date() };
  await panel.withStore((store) => store.db.installationSetting.upsert({ where: { key: "edge" }, create: { key: "edge", ...data }, update: data }));
  return path;
}

const routes = "/projects/shop-us/routes";

/** For a sheet or dialog that comes when it is asked for. */
const openSheet = (name: string) => async (page: Page) => {
  await press(name)(page);
  await page.getByRole("dialog").waitFor();
};

const stops: Stop[] = [
  {
    name: "a new project",
    path: "/projects/new",
    open: async (page) => {
      await press("Options")(page);
      await page.getByLabel("One address").check();
    },
  },
  {
    name: "a project's settings",
    path: "/projects/archive-2019/settings",
    open: async (page) => {
      await page.getByLabel("Send mail through an SMTP server").check();
      await page.getByLabel("Open a direct database port").check();
    },
  },
  { name: "duplicating a project", path: "/projects/archive-2019/settings", open: openSheet("Duplicate") },
  { name: "deleting a project", path: "/projects/archive-2019/settings", open: press("Delete") },
  { name: "a new function", path: "/projects/shop-eu/functions", open: press("Deploy function") },
  { name: "a function's secrets", path: "/projects/shop-eu/functions" },
  { name: "the edge", path: (panel) => withEdge(panel, "/settings/edge"), open: async (page) => page.getByLabel("Another ACME server").check() },
  {
    name: "a new domain",
    path: (panel) => withEdge(panel, "/projects/mail-relay/domains"),
    open: async (page) => {
      await press("Add domain")(page);
      await page.getByLabel("My own").check();
    },
  },
  {
    name: "a new route",
    path: routes,
    open: async (page) => {
      await press("Add route")(page);
      for (const label of ["Limit how often one may ask", "Say which pages may read answers"]) await page.getByLabel(label).check();
      for (const name of ["Add a header condition", "Set a request header", "Set a response header"]) await press(name)(page);
      await page.getByLabel("Upstream").selectOption("external");
    },
  },
  {
    name: "a built-in route",
    path: routes,
    open: async (page) => {
      await press("Edit /storage/v1/")(page);
      for (const label of ["Limit how often one may ask", "Say which pages may read answers"]) await page.getByLabel(label).check();
    },
  },
  {
    name: "MCP",
    path: routes,
    open: async (page) => {
      await press("Edit /mcp")(page);
      await page.getByLabel("Open for a time").check();
    },
  },
  { name: "private networks of routes", path: routes, open: openSheet("Private networks") },
  { name: "a kong.yml", path: routes, open: openSheet("Import kong.yml") },
  { name: "an invitation to a project", path: "/projects/shop-eu/members", open: press("Invite") },
  { name: "an invitation to the team", path: "/team", open: press("Invite") },
  { name: "one's account", path: "/account" },
  { name: "a new token", path: "/account", open: press("New token") },
];

const doors: Stop[] = [
  { name: "signing in", path: "/sign-in" },
  { name: "setting up", path: (panel) => panel.withStore(async (store) => (await createSetUpLink(onHost(store), { panelUrl: panel.url })).link) },
  { name: "joining by an invitation", path: (panel) => panel.withStore((store) => invite(store, panel.url)) },
  { name: "a new password", path: (panel) => panel.withStore(async (store) => (await createPasswordResetLink(onHost(store), { email: "dora@example.com", panelUrl: panel.url })).link) },
];

const onHost = (store: Store) => ({ store, actor: { kind: "cli", name: "Test" } as const, now: () => new Date(), newId: () => randomText(20) });

const fieldsOf = (form: Locator) => form.locator("input:visible:enabled:not([type=checkbox]):not([type=radio]):not([type=file]):not([type=datetime-local]):not([readonly]), textarea:visible:enabled");

/** What the browser made of a page that must not have come to run anything it was told. */
function watch(page: Page): string[] {
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(`the page threw ${error.message}`));
  page.on("dialog", (dialog) => {
    // The question before one leaves a form with something unsaved.
    if (dialog.type() === "beforeunload") return void dialog.accept();
    trouble.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return trouble;
}

async function arrive(page: Page, panel: SeededPanel, { path, open }: Stop): Promise<Locator> {
  await page.goto(typeof path === "string" ? path : await path(panel));
  await open?.(page);
  const dialog = page.getByRole("dialog");
  const scope = (await dialog.count()) > 0 ? dialog : page.getByRole("main");
  const forms = scope.locator("form").filter({ has: page.locator("input, textarea") });
  await forms.first().waitFor();
  return forms;
}

/** Fills every field of the form and sends it. Returns what stood in each field before. */
async function send(form: Locator, round: number): Promise<string[]> {
  const typed: string[] = [];
  for (const [index, field] of (await fieldsOf(form).all()).entries()) {
    await field.fill(textFor(index, round));
    typed.push(await field.inputValue());
  }
  const button = form.locator("button[type=submit]");
  // A sheet's button stands below its form.
  if (!(await button.isVisible())) await form.evaluate((node: HTMLFormElement) => node.requestSubmit());
  else if (await button.isEnabled()) await button.click();
  return typed;
}

type Outcome = "refused" | "taken" | "not sent";

const pathOf = (page: Page) => new URL(page.url()).pathname;

async function outcomeOf(page: Page, form: Locator, { path, where }: { path: string; where: string }): Promise<Outcome> {
  let outcome: Outcome | "open" = "open";
  const look = async (): Promise<Outcome | "open"> => {
    if (pathOf(page) !== path || (await form.count()) === 0 || (await page.getByRole("status").getByText(/\S/).count()) > 0) return "taken";
    const button = form.locator("button[type=submit]");
    if ((await button.getAttribute("aria-busy")) === "true") return "open";
    if ((await form.locator("[aria-invalid=true], [role=alert], .bg-bad-soft").count()) > 0) return "refused";
    return (await button.isEnabled()) ? "open" : "not sent";
  };
  await expect.poll(async () => (outcome = await look()), { message: `${where} says what became of it`, intervals: [50] }).not.toBe("open");
  return outcome === "open" ? "not sent" : outcome;
}

async function expectKept(form: Locator, typed: readonly string[], where: string): Promise<void> {
  const fields = await fieldsOf(form).all();
  expect(await Promise.all(fields.map((field) => field.inputValue())), where).toEqual(typed);
}

async function dismissToasts(page: Page): Promise<void> {
  for (const toast of await page.getByRole("button", { name: "Dismiss" }).all()) await toast.click();
}

/** The last of what describes a field that is marked is its error. */
const errorOf = (field: Locator, describedBy: string | null) => field.page().locator(`[id="${describedBy?.split(" ").at(-1) ?? ""}"]`);

/** Sends every form of the stop with every text in every field. Returns how many texts were typed. */
async function walk(page: Page, panel: SeededPanel, stop: Stop): Promise<number> {
  let forms = await arrive(page, panel, stop);
  let walked = 0;
  const path = pathOf(page);
  const count = await forms.count();
  for (let index = 0; index < count; index++) {
    for (const round of rounds) {
      const form = forms.nth(index);
      const where = `${stop.name}, form ${index + 1}, round ${round + 1}`;
      const typed = await send(form, round);
      if (typed.length === 0) break;
      if ((await outcomeOf(page, form, { path, where })) !== "taken") await expectKept(form, typed, where);
      for (const field of await form.locator("[aria-invalid=true]").all()) await expect(errorOf(field, await field.getAttribute("aria-describedby")), where).toHaveText(/\S/);
      walked += typed.length;
      if (pathOf(page) !== path || (await forms.count()) < count) forms = await arrive(page, panel, stop);
      else await dismissToasts(page);
    }
  }
  expect(await page.evaluate(() => "injected" in window), stop.name).toBe(false);
  return walked;
}

for (const stop of stops) {
  test(`${stop.name}: hard texts are refused by a field's name or kept, and none is taken for markup`, async ({ page, panel }) => {
    const trouble = watch(page);
    expect(await walk(page, panel, stop)).toBeGreaterThan(0);
    expect(trouble).toEqual([]);
  });
}

test.describe("in front of the door", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  for (const door of doors) {
    test(`${door.name}: hard texts are refused by a field's name or kept, and none is taken for markup`, async ({ page, panel }) => {
      const trouble = watch(page);
      const owners = await panel.withStore((store) => store.db.user.findMany({ where: { installationRole: "owner" }, select: { id: true } }));
      const setOwners = (installationRole: string) => panel.withStore((store) => store.db.user.updateMany({ where: { id: { in: owners.map(({ id }) => id) } }, data: { installationRole } }));
      // A set-up link opens a panel without an owner only.
      if (door.name === "setting up") await setOwners("admin");
      try {
        expect(await walk(page, panel, door)).toBeGreaterThan(0);
      } finally {
        await setOwners("owner");
      }
      expect(trouble).toEqual([]);
    });
  }
});

test("a request that is tried on paper takes every text, and says what becomes of it", async ({ page }) => {
  const trouble = watch(page);
  await page.goto(routes);
  await openSheet("Try a request")(page);
  const sheet = page.getByRole("dialog", { name: "Try a request" });
  for (const round of rounds) {
    const fields = await fieldsOf(sheet).all();
    const typed: string[] = [];
    for (const [index, field] of fields.entries()) {
      await field.fill(textFor(index, round));
      typed.push(await field.inputValue());
    }
    expect(typed.length).toBeGreaterThan(2);
    await expectKept(sheet, typed, `round ${round + 1}`);
    await expect(sheet.getByRole("region", { name: "What happens" }).or(sheet.getByText("before it looks for a route"))).toBeVisible();
  }
  expect(await page.evaluate(() => "injected" in window)).toBe(false);
  expect(trouble).toEqual([]);
});

test("a filter keeps every text in its box and in the address", async ({ page }) => {
  const trouble = watch(page);
  for (const path of ["/projects", "/activity", "/projects/shop-eu/activity"]) {
    await page.goto(path);
    const box = page.getByRole("searchbox");
    for (const text of texts) {
      await box.fill(text);
      const typed = await box.inputValue();
      await expect.poll(() => [...new URL(page.url()).searchParams.values()], { message: path }).toEqual([typed]);
      await expect(page.getByRole("search")).toHaveAttribute("aria-busy", "false");
      await expect(box).toHaveValue(typed);
    }
    await page.reload();
    await expect(box).toHaveValue(texts[texts.length - 1] ?? "");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  expect(await page.evaluate(() => "injected" in window)).toBe(false);
  expect(trouble).toEqual([]);
});
