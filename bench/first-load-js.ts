import { chromium, type Browser, type Request } from "playwright";
import { panelUrl, withPanel, withStore, type BenchPanel } from "./parts/panel";
import { recordFigure } from "./parts/record";
import { seedFleet } from "./parts/seed-fleet";
import { rounds } from "./parts/settings";

/** After this long without a request, what the page loads by itself has been loaded. */
const quietMs = 1_500;
const launchOptions = { executablePath: process.env["BASEHOLD_CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP panel.localhost 127.0.0.1"] };

export async function benchFirstLoad(): Promise<void> {
  await withPanel(async (panel) => {
    const [ref] = await withStore((store) => seedFleet(store, 1));
    const project = `/projects/${ref ?? ""}`;
    const pages = ["/sign-in", "/projects", "/projects/new", project, `${project}/routes`, `${project}/routes/gateway`, `${project}/keys`, `${project}/studio`, `${project}/domains`, `${project}/functions`, `${project}/logs`, `${project}/doors`, `${project}/settings`, `${project}/members`, `${project}/activity`, "/activity", "/team", "/settings", "/settings/edge", "/doors", "/account"];
    const browser = await chromium.launch(launchOptions);
    try {
      const samples: number[] = [];
      let largest = { page: "", kilobytes: 0 };
      for (let round = 0; round < rounds; round++) {
        const loads: { page: string; kilobytes: number }[] = [];
        for (const page of pages) loads.push({ page, kilobytes: await loadOnce(browser, panel, page) });
        largest = loads.reduce((most, load) => (load.kilobytes > most.kilobytes ? load : most));
        if (round === 0) console.log(loads.map((load) => `${load.page} ${load.kilobytes.toFixed(1)} kB`).join("\n"));
        samples.push(largest.kilobytes);
      }
      recordFigure("first-load-js", { ours: samples, note: `The largest is ${largest.page.replace(ref ?? "", "{ref}")} of ${pages.length} pages; the overview's charts, fetched when there are figures to draw, come on top` });
    } finally {
      await browser.close();
    }
  });
}

/** kB (1000 bytes) of scripts that the page loads by itself, as they came over the wire. */
async function loadOnce(browser: Browser, panel: BenchPanel, path: string): Promise<number> {
  const context = await browser.newContext({ extraHTTPHeaders: path === "/sign-in" ? {} : { cookie: panel.cookie } });
  try {
    const page = await context.newPage();
    const sizes = new Map<string, Promise<number>>();
    page.on("requestfinished", (request) => {
      if (request.resourceType() === "script") sizes.set(request.url(), sizeOf(request));
    });
    // What is fetched ahead for pages that may come next is no part of this page's load.
    await page.route("**/*", (route) => (route.request().headers()["next-router-prefetch"] === undefined ? route.continue() : route.abort()));
    const response = await page.goto(`${panelUrl}${path}`, { waitUntil: "load" });
    if (response?.status() !== 200) throw new Error(`${path} answered ${response?.status() ?? "nothing"}.`);
    await page.waitForTimeout(quietMs);
    return (await Promise.all(sizes.values())).reduce((sum, size) => sum + size, 0) / 1000;
  } finally {
    await context.close();
  }
}

async function sizeOf(request: Request): Promise<number> {
  const { responseBodySize } = await request.sizes();
  if (process.env["BENCH_FILES"] !== undefined) console.log(`${request.frame().url()} ${responseBodySize} ${request.url()}`);
  return responseBodySize;
}
