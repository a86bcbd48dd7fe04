import { expect, type Browser, type Page } from "@playwright/test";
import { owner, signIn } from "./acts";
import { must } from "./api";

/** A page of a second person, who joined by an invitation of the owner, who is signed in anew on `page`: inviting wants a fresh password. `about`: what tells them apart from other tests' people. */
export async function joinAs(browser: Browser, ownerPage: Page, role: "operator" | "viewer", about: string): Promise<Page> {
  await signIn(ownerPage, owner);
  const { link } = await must<{ link: string }>(ownerPage, "POST", "/api/v1/invitations", { email: `${about}-${role}@example.com`, role });
  const page = await (await browser.newContext({ storageState: { cookies: [], origins: [] } })).newPage();
  await page.goto(link);
  await page.getByLabel("Name").fill(`${about} ${role}`);
  await page.getByLabel("Password").fill(`the ${about} ${role} has a password`);
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page).toHaveURL(/\/projects$/);
  return page;
}
