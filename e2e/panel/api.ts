import type { Page } from "@playwright/test";

export type Answer = { status: number; body: unknown };

/** Asks the panel's REST API as the person who is signed in on the page: same origin, the session's cookie. */
export async function ask(page: Page, method: string, path: string, body?: unknown): Promise<Answer> {
  if (!page.url().startsWith("http")) await page.goto("/projects");
  return page.evaluate(
    async ({ method: verb, path: target, body: content }) => {
      const response = await fetch(target, { method: verb, ...(content === undefined ? {} : { body: JSON.stringify(content), headers: { "content-type": "application/json" } }) });
      const text = await response.text();
      return { status: response.status, body: text.startsWith("{") || text.startsWith("[") ? (JSON.parse(text) as unknown) : text };
    },
    { method, path, body },
  );
}

/** The same, for an answer that must be a success. */
export async function must<T>(page: Page, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await ask(page, method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body as T;
}

export type Operation = { id: string; status: string; steps: { key: string; status: string }[]; failure: { sentence: string } | null };

export const readOperation = (page: Page, id: string) => must<Operation>(page, "GET", `/api/v1/operations/${id}`);

/** Waits until an operation has ended and returns it. */
export async function waitForEnd(page: Page, id: string, limitMs = 240_000): Promise<Operation> {
  const until = Date.now() + limitMs;
  for (;;) {
    const operation = await readOperation(page, id);
    if (["done", "failed", "cancelled", "undone"].includes(operation.status)) return operation;
    if (Date.now() > until) throw new Error(`The operation is still ${operation.status}: ${JSON.stringify(operation.steps)}`);
    await page.waitForTimeout(250);
  }
}
