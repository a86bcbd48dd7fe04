import { test as base, type Page } from "@playwright/test";

const dropped = /ERR_NETWORK_CHANGED|ERR_ABORTED/;

/**
 * Chromium drops requests under way when an interface of the machine comes or goes, which every network of a project does. A person
 * presses reload; so do these pages, for navigations.
 */
export function makeSteady(page: Page): Page {
  const retry = <Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>) => async (...args: Args): Promise<Result> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await run(...args);
      } catch (error) {
        if (attempt === 10 || !(error instanceof Error) || !dropped.test(error.message)) throw error;
      }
    }
  };
  page.goto = retry(page.goto.bind(page));
  page.reload = retry(page.reload.bind(page));
  return page;
}

/** Playwright's test with a page that withstands what Docker does to the machine's network. */
export const test = base.extend({
  page: async ({ page }, provide) => {
    await provide(makeSteady(page));
  },
});
