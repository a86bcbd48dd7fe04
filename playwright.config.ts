import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { panelUrl, statePathOf } from "./e2e/panel/where";

/** The system's browser, or that of BASEHOLD_CHROMIUM: Playwright's own download does not work on every machine that runs these. */
const chromium = join(import.meta.dirname, "e2e/panel/chromium.py");
const launchOptions = {
  executablePath: chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
};

// Chosen once: every worker process reads this file and the tests again.
process.env["BASEHOLD_SEED"] ??= String(Math.floor(Math.random() * 1_000_000));

// Somebody who writes tests wants to look at what is left.
const isKept = process.env["BASEHOLD_E2E_KEEP"] !== undefined;

/**
 * One panel of its own serves the projects from "panel" on. The journey makes the owner and the first project; what comes after
 * stands on them. "seeded" and "containers" need no such panel.
 */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/e2e",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["json", { outputFile: process.env["PLAYWRIGHT_JSON_OUTPUT_NAME"] ?? "test-results/e2e.json" }]],
  use: { baseURL: panelUrl, launchOptions, actionTimeout: 60_000, trace: "retain-on-failure", screenshot: "only-on-failure", locale: "en-GB", colorScheme: "light" },
  projects: [
    { name: "panel", testMatch: "panel.setup.ts", ...(isKept ? {} : { teardown: "the panel's end" }) },
    { name: "the panel's end", testMatch: "panel.teardown.ts" },
    { name: "journey", testMatch: "journey.spec.ts", dependencies: ["panel"] },
    { name: "afterwards", testMatch: ["people.spec.ts", "project.spec.ts", "routes.spec.ts", "studio.spec.ts", "switch.spec.ts", "domains.spec.ts", "pages.spec.ts", "separation.spec.ts", "crash.spec.ts"], dependencies: ["journey"], use: { storageState: statePathOf("owner") } },
    // A web process of their own each, on a store that is full from the start.
    { name: "seeded", testMatch: ["fields.spec.ts", "acts.spec.ts", "external-proxy.spec.ts", "import.spec.ts", "gateway-health.spec.ts"] },
    { name: "containers", testMatch: "containers.spec.ts" },
    { name: "at last", testMatch: "secrets.spec.ts", dependencies: ["journey", "afterwards"], use: { storageState: statePathOf("owner") } },
  ],
});
