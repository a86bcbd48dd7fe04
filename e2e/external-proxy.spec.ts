import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { test } from "./panel/seeded-panel";

/** For whoever has a proxy in front already. That these configurations serve a real stack is proven where Nginx and Caddy themselves run. */

const path = "/projects/playground/domains";
const upstream = "127.0.0.1:8004";
const shown = (page: Page, proxy: string) => page.getByRole("region", { name: new RegExp(`^${proxy} configuration`) });

async function show(page: Page, proxy: string): Promise<void> {
  await page.getByRole("tab", { name: proxy }).click();
  await expect(shown(page, proxy).first()).toBeVisible();
}

test("the name that is typed is drawn into the configuration of Nginx, Caddy and Traefik, to be saved as it is shown", async ({ page }) => {
  await page.goto(path);
  await expect(page.getByRole("tab", { name: "Nginx" })).toHaveCount(0);
  await page.getByLabel("Host names").fill("api.shop.example");
  for (const text of ["server_name api.shop.example;", `server ${upstream};`, "proxy_read_timeout 3600s;"]) await expect(shown(page, "Nginx")).toContainText(text);
  await page.getByLabel("Certificate file").fill("/etc/ssl/shop.pem");
  await expect(page.getByText("A certificate needs its key.")).toBeVisible();
  await expect(page.getByRole("tab", { name: "Nginx" })).toHaveCount(0);
  await page.getByLabel("Key file").fill("/etc/ssl/shop.key");
  await expect(shown(page, "Nginx")).toContainText("ssl_certificate_key /etc/ssl/shop.key;");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /^Download .*\.conf$/ }).click()]);
  expect(readFileSync(await download.path(), "utf8")).toBe(await shown(page, "Nginx").innerText());
  await show(page, "Caddy");
  await expect(shown(page, "Caddy").first()).toContainText(`reverse_proxy ${upstream}`);
  await show(page, "Traefik");
  await expect(shown(page, "Traefik").first()).toContainText("Host(`api.shop.example`)");
  expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([]);
});

test("a name that cannot be one is said so, and nothing is drawn from it", async ({ page }) => {
  await page.goto(path);
  await page.getByLabel("Host names").fill(`api.shop.example; } server { <img src=x onerror="window.injected=1">`);
  await expect(page.getByRole("alert").filter({ hasText: "is no host name" })).toBeVisible();
  await expect(page.getByRole("tab", { name: "Nginx" })).toHaveCount(0);
});

test("the public URL is checked once it is the proxy's; its name is drawn before anything is typed", async ({ page, panel }) => {
  await page.goto(path);
  await expect(page.getByRole("button", { name: "Check", exact: true })).toBeDisabled();
  await expect(page.getByText("set it under Settings to the one that your proxy serves")).toBeVisible();
  await panel.withStore(async (store) => {
    const { settingsJson } = await store.db.project.findUniqueOrThrow({ where: { ref: "playground" } });
    const settings = JSON.parse(settingsJson) as Record<string, unknown>;
    await store.db.project.update({ where: { ref: "playground" }, data: { settingsJson: JSON.stringify({ ...settings, publicUrl: "https://api.shop.example" }) } });
  });
  await page.reload();
  await expect(page.getByLabel("Host names")).toHaveValue("api.shop.example");
  await expect(shown(page, "Nginx")).toContainText("server_name api.shop.example;");
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await expect(page).toHaveURL(/\/operations\//);
  const checks = await panel.withStore((store) => store.db.operation.findMany({ where: { kind: "project.check-public" }, select: { status: true } }));
  expect(checks).toEqual([{ status: "queued" }]);
});
