import { join } from "node:path";

/** The panel that the end-to-end tests start: a port and a data folder of its own, so that it never meets one that people use. */
export const panelPort = Number(process.env["BASEHOLD_E2E_PORT"] ?? 3917);
export const panelUrl = `http://panel.localhost:${panelPort}`;
export const root = join(import.meta.dirname, "../..");
export const resultsFolder = join(root, "test-results");
/** Stays in one place, so that what a run that was killed left behind is found and cleared by the next. */
export const dataFolder = process.env["BASEHOLD_E2E_DATA"] ?? "/tmp/basehold-e2e";

/** Where tests that need names start a name server; the worker asks it for every domain, and nobody is there meanwhile. */
export const dnsPort = panelPort + 1;

/** A short lease, so that a killed worker's operation goes on after seconds. */
export const panelEnvironment = { ...process.env, BASEHOLD_LEASE_MS: "5000", BASEHOLD_DNS_SERVERS: `127.0.0.1:${dnsPort}`, PORT: String(panelPort), BASEHOLD_DATA: dataFolder, BASEHOLD_URL: panelUrl };

/** Where a signed-in person's cookies are kept for later tests. */
export function statePathOf(person: string): string {
  return join(resultsFolder, `e2e-state/${person}.json`);
}

/** What earlier tests leave for later ones. */
export const notesPath = join(resultsFolder, "e2e-state/notes.json");
