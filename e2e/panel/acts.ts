import { expect, type Page } from "@playwright/test";

export const owner = { name: "Olive Owner", email: "olive@example.com", password: "olive has a long password" };

/** Waits until the operation that the page shows has ended, and well. On a failure the message holds what the page says about it. */
export async function waitUntilDone(page: Page, limitMs = 300_000): Promise<void> {
  await expect(page).toHaveURL(/\/operations\//);
  const state = page.locator("main header, main").first().getByText(/^(Done|Failed|Cancelled|Undone)$/).first();
  await expect(state).toBeVisible({ timeout: limitMs });
  const word = await state.textContent();
  if (word !== "Done") throw new Error(`The operation ended as ${word ?? "?"}:\n${await page.locator("main").innerText()}`);
}

/** Waits until the project's page shows a state in its header. */
export async function expectState(page: Page, word: string, limitMs = 120_000): Promise<void> {
  await expect(page.getByRole("main").getByText(word, { exact: true }).first()).toBeVisible({ timeout: limitMs });
}

/** Gives the password where the panel asks for it again. `reached` is what shows when the act went through. */
export async function confirmIfAsked(page: Page, password: string, reached: () => Promise<void>): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Confirm it is you" });
  const isReached = reached();
  const first = await Promise.race([dialog.waitFor().then(() => "asked" as const, () => "gone" as const), isReached.then(() => "reached" as const)]);
  if (first === "asked") {
    await dialog.getByLabel("Password").fill(password);
    await dialog.getByRole("button", { name: "Confirm" }).click();
  }
  await isReached;
}

/** Signs in anew, which also counts as the proof of the password that some acts want. */
export async function signIn(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.context().clearCookies();
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/projects$/);
}
