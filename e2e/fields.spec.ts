import { expect, type Locator, type Page } from "@playwright/test";
import { test } from "./panel/seeded-panel";

/**
 * Every text field of every form in a real browser, with texts that people paste and programs trip over: refused by the name of a
 * field or kept, never lost, never taken for markup.
 */

const injection = `<img src=x onerror="window.injected=1"><script>window.injected=1</script>`;
const texts: readonly [string, string][] = [
  ["500 characters", "x".repeat(500)],
  ["quotes, markup and a shell's words", `O'Brien "quoted" \\ $(id) \`id\` \${HOME} ${injection}`],
];

type Stop = { path: string; /** Opens what holds more fields than the page shows at first. */ open?: (page: Page) => Promise<void> };

const press = (name: string) => async (page: Page) => page.getByRole("button", { name, exact: true }).first().click();

const stops: Stop[] = [
  {
    path: "/projects/new",
    open: async (page) => {
      await press("Options")(page);
      await page.getByLabel("One address").check();
    },
  },
  {
    path: "/projects/archive-2019/settings",
    open: async (page) => {
      await page.getByLabel("Send mail through an SMTP server").check();
      await page.getByLabel("Open a direct database port").check();
    },
  },
  { path: "/projects/archive-2019/settings", open: press("Duplicate") },
  { path: "/projects/archive-2019/settings", open: press("Delete") },
  { path: "/projects/shop-eu/functions", open: press("Deploy function") },
  { path: "/projects/shop-eu/functions" },
  { path: "/projects/shop-eu/members", open: press("Invite") },
  { path: "/team", open: press("Invite") },
  { path: "/account" },
  { path: "/account", open: press("New token") },
];

const fieldsOf = (form: Locator) => form.locator("input:visible:enabled:not([type=checkbox]):not([type=radio]):not([type=file]):not([readonly]), textarea:visible:enabled");

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

async function arrive(page: Page, { path, open }: Stop): Promise<Locator> {
  await page.goto(path);
  await open?.(page);
  const dialog = page.getByRole("dialog");
  const scope = (await dialog.count()) > 0 ? dialog : page.getByRole("main");
  return scope.locator("form").filter({ has: page.locator("input, textarea") });
}

/** Fills every field of the form and sends it. Returns what stood in each field before. */
async function send(form: Locator, text: string): Promise<string[]> {
  const fields = await fieldsOf(form).all();
  const typed: string[] = [];
  for (const field of fields) {
    await field.fill(text);
    typed.push(await field.inputValue());
  }
  const button = form.locator("button[type=submit]");
  if (await button.isEnabled()) await button.click();
  return typed;
}

type Outcome = "refused" | "taken" | "not sent";

async function outcomeOf(page: Page, form: Locator, where: string): Promise<Outcome> {
  let outcome: Outcome | "open" = "open";
  const look = async (): Promise<Outcome | "open"> => {
    if ((await form.count()) === 0 || (await page.getByRole("status").getByText(/\S/).count()) > 0) return "taken";
    if ((await form.locator("[aria-invalid=true], [role=alert], .bg-bad-soft").count()) > 0) return "refused";
    const button = form.locator("button[type=submit]");
    const isBusy = (await button.getAttribute("aria-busy")) === "true";
    return !isBusy && !(await button.isEnabled()) ? "not sent" : "open";
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

for (const [name, text] of texts) {
  test(`${name}: every form names the field or keeps the text, and takes nothing for markup`, async ({ page }) => {
    const trouble = watch(page);
    let walked = 0;
    for (const stop of stops) {
      const forms = await arrive(page, stop);
      const count = await forms.count();
      expect(count, `${stop.path} shows a form`).toBeGreaterThan(0);
      for (let index = 0; index < count; index++) {
        const form = forms.nth(index);
        const where = `${stop.path}, form ${index + 1}`;
        const typed = await send(form, text);
        if (typed.length === 0) continue;
        if ((await outcomeOf(page, form, where)) === "taken") await dismissToasts(page);
        else await expectKept(form, typed, where);
        for (const field of await form.locator("[aria-invalid=true]").all()) await expect(errorOf(field, await field.getAttribute("aria-describedby")), where).toHaveText(/\S/);
        walked += typed.length;
      }
      expect(await page.evaluate(() => "injected" in window), stop.path).toBe(false);
    }
    expect(walked).toBeGreaterThan(30);
    expect(trouble).toEqual([]);
  });
}
