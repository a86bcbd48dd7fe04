import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { maxKongTextBytes } from "@/lib/gateway/import-kong-limits";
import { upstreamKongYaml } from "@/lib/gateway/kong-upstream.fixture";
import { must } from "./panel/api";
import { test } from "./panel/seeded-panel";

/** A kong.yml of another stack, pasted or chosen, as a person brings it. */

const ref = "shop-us";
const service = (name: string, url: string, path: string, ...plugins: string[]) => [`  - name: ${name}`, `    url: ${url}`, "    routes:", `      - name: ${name}-all`, `        paths: [${path}]`, ...(plugins.length === 0 ? [] : ["    plugins:", ...plugins.map((plugin) => `      - name: ${plugin}`)])];
const kongYml = upstreamKongYaml([...service("hooks", "http://functions:9000/hooks", "/hooks"), ...service("guarded", "http://functions:9000/", "/functions/v1/guarded", "oauth2")]);

const sheetOf = (page: Page) => page.getByRole("dialog", { name: "Import kong.yml" });
const textOf = (page: Page) => sheetOf(page).getByLabel("kong.yml", { exact: true });
const draftOf = (page: Page) => page.getByRole("region", { name: "Draft" });
const read = (page: Page) => sheetOf(page).getByRole("button", { name: "Read file" }).click();

async function openSheet(page: Page): Promise<void> {
  await page.goto(`/projects/${ref}/routes`);
  const { draft } = await must<{ draft: { version: string } | null }>(page, "GET", `/api/v1/projects/${ref}/gateway`);
  if (draft !== null) await must(page, "DELETE", `/api/v1/projects/${ref}/gateway/draft`, { version: draft.version });
  await page.reload();
  await page.getByRole("button", { name: "Import kong.yml" }).click();
}

test("a file with routes of one's own is shown in words, and becomes the draft", async ({ page }) => {
  await openSheet(page);
  await textOf(page).fill(kongYml);
  await read(page);
  const becomes = sheetOf(page).getByRole("status", { name: "What the file becomes" });
  await expect(becomes).toContainText("Becomes 2 routes of this project");
  await expect(becomes).toContainText("Was hooks-all, to http://functions:9000/hooks");
  await expect(becomes).toContainText("The route guarded-all: the plugin oauth2");
  await expect(becomes).toContainText("/functions/v1/guarded is closed until you choose.");
  await expect(becomes).toContainText("21 built-in routes as the release has them");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([]);
  }
  await sheetOf(page).getByRole("button", { name: "Put into the draft" }).click();
  await expect(sheetOf(page)).toHaveCount(0);
  await expect(draftOf(page)).toContainText("opens what starts with /hooks to everyone, answered by functions");

  await page.getByRole("button", { name: "Import kong.yml" }).click();
  await textOf(page).fill(kongYml);
  await read(page);
  await expect(sheetOf(page).getByText("Nothing to put into the draft")).toBeVisible();
  await expect(sheetOf(page).getByRole("button", { name: "Put into the draft" })).toBeDisabled();
});

test("a text that cannot be read names its line, and stays", async ({ page }) => {
  await openSheet(page);
  await textOf(page).fill("services:\n  - name: [");
  await read(page);
  await expect(sheetOf(page).getByText("Line 2, column 12: This is no YAML")).toBeVisible();
  await expect(textOf(page)).toHaveValue("services:\n  - name: [");
  const file = (name: string, buffer: Buffer) => sheetOf(page).getByLabel("File", { exact: true }).setInputFiles({ name, mimeType: "application/yaml", buffer });
  await file("huge.yml", Buffer.alloc(2 * maxKongTextBytes, "a"));
  await expect(sheetOf(page).getByText("huge.yml has 512 KiB; a kong.yml has 256 KiB at most")).toBeVisible();
  await file("picture.yml", Buffer.from([0xff, 0xfe, 0x00, 0xd8]));
  await expect(sheetOf(page).getByText("picture.yml cannot be read as text")).toBeVisible();
  await expect(textOf(page)).toHaveValue("services:\n  - name: [");
  await file("kong.yml", Buffer.from(kongYml));
  await expect(textOf(page)).toHaveValue(kongYml);
});

test("a sheet that is closed by accident loses nothing", async ({ page }) => {
  await openSheet(page);
  await textOf(page).fill(kongYml);
  await read(page);
  await expect(sheetOf(page).getByText("Becomes 2 routes")).toBeVisible();
  await page.keyboard.press("Escape");
  await sheetOf(page).getByRole("button", { name: "Keep editing" }).click();
  await expect(textOf(page)).toHaveValue(kongYml);
  await expect(sheetOf(page).getByText("Becomes 2 routes")).toBeVisible();
});
