import { expect, test, type Browser, type Page } from "@playwright/test";
import { must } from "./api";
import { makeSteady } from "./test";

/** A page of a second person, who joined by an invitation of whoever is signed in on `owner`. `about`: what tells them apart from other tests' people. */
export async function joinAs(browser: Browser, owner: Page, role: "operator" | "viewer", about: string): Promise<Page> {
  const { link } = await must<{ link: string }>(owner, "POST", "/api/v1/invitations", { email: `${about}-${role}-${test.info().retry}@example.com`, role });
  const page = makeSteady(await (await browser.newContext({ storageState: { cookies: [], origins: [] } })).newPage());
  await page.goto(link);
  await page.getByLabel("Name").fill(`${about} ${role}`);
  await page.getByLabel("Password").fill(`the ${about} ${role} has a password`);
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page).toHaveURL(/\/projects$/);
  return page;
}
