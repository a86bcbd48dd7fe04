import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type Browser, type Locator, type Page } from "@playwright/test";
import { startPebble, type Pebble } from "@/lib/adapters/edge/pebble.fixture";
import { askByName } from "@/lib/adapters/probe/ask-by-name";
import type { NameTrust } from "@/lib/gateway/name-probe";
import { owner, signIn } from "./panel/acts";
import { must, waitForEnd } from "./panel/api";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { makeCertificate } from "./panel/make-certificate";
import { note } from "./panel/panel";
import { turnEdge } from "./panel/turn-edge";
import { dnsPort, panelUrl } from "./panel/where";

/**
 * Names of a real project and of the panel, served by the real edge: from its own authority, with a certificate of one's own, and by ACME
 * from Pebble, which asks the edge as Let's Encrypt would.
 */
test.describe.configure({ mode: "serial" });

const ref = () => note("projectRef");
const attachLimitMs = 240_000;
const folder = mkdtempSync(join(tmpdir(), "basehold-domains-"));
let ports = { httpPort: 0, httpsPort: 0 };
let pebble: Pebble;

async function withOwner(browser: Browser, act: (page: Page) => Promise<void>): Promise<void> {
  const page = await (await browser.newContext({ storageState: { cookies: [], origins: [] } })).newPage();
  await signIn(page, owner);
  await act(page);
  await page.context().close();
}

async function setEdge(page: Page, change: Record<string, unknown>): Promise<void> {
  const { operationId } = await must<{ operationId: string | null }>(page, "PATCH", "/api/v1/edge", change);
  if (operationId !== null) expect((await waitForEnd(page, operationId)).status).toBe("done");
}

async function removeDomains(page: Page): Promise<void> {
  await expect.poll(async () => (await must<{ runningOperationId: string | null }>(page, "GET", `/api/v1/projects/${ref()}`)).runningOperationId, { timeout: 90_000 }).toBeNull();
  const { domains } = await must<{ domains: { hostname: string }[] }>(page, "GET", `/api/v1/projects/${ref()}/domains`);
  for (const { hostname } of domains) {
    const { operationId } = await must<{ operationId: string | null }>(page, "DELETE", `/api/v1/projects/${ref()}/domains/${hostname}`);
    if (operationId !== null) await waitForEnd(page, operationId);
  }
}

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000);
  ports = { httpPort: await freePort(), httpsPort: await freePort() };
  pebble = await startPebble(folder, { ...ports, dnsPort });
  await turnEdge(browser, "on");
  await withOwner(browser, async (page) => {
    await removeDomains(page);
    await setEdge(page, { ...ports, panelHost: null, publicAddresses: ["127.0.0.1"], acme: { directoryUrl: pebble.directoryUrl, email: null, caRootPem: pebble.caRootPem } });
  });
});

test.afterAll(async ({ browser }) => {
  test.setTimeout(240_000);
  await withOwner(browser, async (page) => {
    await removeDomains(page);
    await setEdge(page, { panelHost: null, httpPort: 80, httpsPort: 443, publicAddresses: [], acme: null });
  });
  await turnEdge(browser, "off");
  await pebble.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  if (!page.url().includes("/sign-in")) return;
  await signIn(page, owner);
  await page.goto(path);
}

const itemOf = (page: Page, hostname: string) => page.getByRole("list", { name: "Domains" }).getByRole("listitem").filter({ hasText: hostname }).first();
/** What is served under a name, to whoever DNS sent here. */
const ask = (hostname: string, trust: NameTrust, path = "/auth/v1/settings") => askByName({ hostname, path, address: { host: "127.0.0.1", port: ports.httpsPort }, trust }, AbortSignal.timeout(20_000));
/** The gateway answers, and asks for a key. */
const expectServed = async (hostname: string, trust: NameTrust) => expect(await ask(hostname, trust)).toMatchObject({ status: 401, error: null });

type Typed = { hostname: string; certificate: string | RegExp; pem?: { certificatePem: string; keyPem: string } };

async function addDomain(page: Page, { hostname, certificate, pem }: Typed): Promise<Locator> {
  await open(page, `/projects/${ref()}/domains`);
  await page.getByRole("button", { name: "Add domain" }).click();
  const sheet = page.getByRole("dialog", { name: "Add a domain" });
  await sheet.getByLabel("Name", { exact: true }).fill(hostname);
  await sheet.getByLabel(certificate).check();
  if (pem !== undefined) await fillPem(sheet, pem);
  await sheet.getByRole("button", { name: "Add", exact: true }).click();
  return sheet;
}

async function fillPem(sheet: Locator, { certificatePem, keyPem }: { certificatePem: string; keyPem: string }): Promise<void> {
  await sheet.getByLabel("Certificate and chain", { exact: true }).fill(certificatePem);
  await sheet.getByLabel("Private key", { exact: true }).fill(keyPem);
}

const findingsOf = (item: Locator, hostname: string) => item.getByRole("list", { name: `Findings for ${hostname}` });

/** Looks anew: what is looked at by itself after adding is lost when the browser drops the request. */
async function check(item: Locator, hostname: string): Promise<void> {
  await item.getByRole("button", { name: `Check ${hostname}` }).click();
  await expect(findingsOf(item, hostname)).toBeVisible({ timeout: 60_000 });
}

/** Opens what would change, agrees, and waits until the name is served. */
async function attach(page: Page, hostname: string, look?: (sheet: Locator) => Promise<void>): Promise<void> {
  await itemOf(page, hostname).getByRole("button", { name: `Attach ${hostname}` }).click();
  const sheet = page.getByRole("dialog", { name: `Attach ${hostname}` });
  await look?.(sheet);
  await sheet.getByRole("button", { name: "Attach", exact: true }).click();
  await expect(sheet).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Attach domain" })).toBeVisible();
  await expect(itemOf(page, hostname).getByText("Open", { exact: true })).toBeVisible({ timeout: attachLimitMs });
}

/** Chooses what stands in the menu of a domain. */
async function openMore(page: Page, hostname: string, entry: string): Promise<void> {
  const chosen = page.getByRole("menuitem", { name: entry });
  // A press before the page's script is in opens nothing.
  await expect(async () => {
    if (!(await chosen.isVisible())) await itemOf(page, hostname).getByRole("button", { name: `More for ${hostname}` }).click();
    await expect(chosen).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await chosen.click();
}

test("the panel is given a name of its own, and people sign in under it; its own address keeps working", async ({ page, browser }) => {
  await open(page, "/settings/edge");
  await page.getByLabel("Host name").fill("panel-edge.localhost");
  await page.getByLabel("From the edge's own authority").check();
  await page.locator("#panel-name").getByRole("button", { name: "Save" }).click();
  const url = `https://panel-edge.localhost:${ports.httpsPort}`;
  await expect(page.getByRole("link", { name: url })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("region", { name: "Names that the edge serves" })).toContainText("Basehold");

  const outside = await (await browser.newContext({ baseURL: url, ignoreHTTPSErrors: true, storageState: { cookies: [], origins: [] } })).newPage();
  await signIn(outside, owner);
  const [session] = (await outside.context().cookies()).filter(({ name }) => name === "__Host-basehold.session");
  expect(session).toMatchObject({ secure: true, httpOnly: true, domain: "panel-edge.localhost" });
  // An act of a page through the edge: it counts as one of the panel's own, and the link leads where others can open it.
  await outside.goto("/team");
  await outside.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = outside.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill("edge@example.com");
  await dialog.getByRole("button", { name: "Make link" }).click();
  await expect(dialog.getByText(new RegExp(`${url}/invitation#\\S+`))).toBeVisible();
  await outside.context().close();
  await page.reload();
  expect(page.url()).toContain(panelUrl);
  await expect(page.getByText("Running", { exact: true })).toBeVisible();
});

test("a name for a LAN is added, attached, and served by the edge's own authority, whose root can be downloaded", async ({ page }) => {
  test.setTimeout(300_000);
  const hostname = "shop.lan";
  await addDomain(page, { hostname, certificate: "From the edge's own authority" });
  await expect(itemOf(page, hostname).getByText("Not attached")).toBeVisible();
  await attach(page, hostname, async (sheet) => {
    // It would become the public URL, which is the first domain's to be; the second here is to.
    await sheet.getByLabel("Tell the project's services this address").uncheck();
    await expect(sheet).toContainText("No setting of the project changes.");
  });
  const downloading = page.waitForEvent("download");
  await itemOf(page, hostname).getByRole("button", { name: "Download root" }).click();
  const pem = readFileSync(await (await downloading).path(), "utf8");
  await expectServed(hostname, { kind: "root", pem });
});

test("a certificate of one's own is judged before it is taken, served, and replaced", async ({ page }) => {
  test.setTimeout(300_000);
  const hostname = "own.shop.test";
  const first = makeCertificate(folder, hostname);
  const second = makeCertificate(folder, hostname);
  const sheet = await addDomain(page, { hostname, certificate: "My own", pem: { certificatePem: first.certificatePem, keyPem: second.keyPem } });
  await expect(sheet.getByText("The key does not belong to the certificate.")).toBeVisible();
  await fillPem(sheet, first);
  await sheet.getByRole("button", { name: "Add", exact: true }).click();
  await expect(sheet).toHaveCount(0);
  await attach(page, hostname, (dialog) => dialog.getByLabel("Tell the project's services this address").uncheck());
  await expect(itemOf(page, hostname)).toContainText("Authority of a test");
  await expectServed(hostname, { kind: "root", pem: first.rootPem });

  await openMore(page, hostname, "Replace the certificate");
  const replacing = page.getByRole("dialog", { name: /Replace the certificate/ });
  await fillPem(replacing, second);
  await replacing.getByRole("button", { name: "Replace", exact: true }).click();
  await expect(replacing).toHaveCount(0);
  await expect.poll(async () => (await ask(hostname, { kind: "root", pem: second.rootPem })).status, { timeout: 60_000 }).toBe(401);
});

test("a certificate of one's own takes the place of one that the edge got, after a warning that nobody renews it", async ({ page }) => {
  const hostname = "shop.lan";
  const own = makeCertificate(folder, hostname);
  await open(page, `/projects/${ref()}/domains`);
  await openMore(page, hostname, "Use a certificate of your own");
  const sheet = page.getByRole("dialog", { name: `Use a certificate of your own for ${hostname}` });
  await expect(sheet).toContainText("Nobody renews it then but you");
  await fillPem(sheet, own);
  await sheet.getByRole("button", { name: "Use it", exact: true }).click();
  await expect(sheet).toHaveCount(0);
  await expect.poll(async () => (await ask(hostname, { kind: "root", pem: own.rootPem })).status, { timeout: 60_000 }).toBe(401);
  await expect(itemOf(page, hostname)).toContainText("Authority of a test", { timeout: 60_000 });
});

test("a name is checked, its certificate is got by ACME, and the project's services are told the address", async ({ page }) => {
  test.setTimeout(400_000);
  const hostname = "api.shop.test";
  await addDomain(page, { hostname, certificate: /^From 127\.0\.0\.1/ });
  const item = itemOf(page, hostname);
  await check(item, hostname);
  await expect(findingsOf(item, hostname)).toContainText(`${hostname} leads here: 127.0.0.1.`);
  const url = `https://${hostname}:${ports.httpsPort}`;
  await attach(page, hostname, async (sheet) => {
    await expect(sheet.getByLabel("Tell the project's services this address")).toBeChecked();
    await expect(sheet.getByRole("region", { name: "Settings that change" })).toContainText(url);
    await expect(sheet).toContainText("auth");
  });
  await expect(item.getByText("Main", { exact: true })).toBeVisible();
  await expect(item).toContainText(/issued by Pebble/);
  await expect(page.getByRole("definition").filter({ hasText: url })).toBeVisible();
  await expectServed(hostname, { kind: "root", pem: await pebble.issuingRoot() });
});

test("a name that no certificate can be had for goes back and says why, and can be tried again", async ({ page }) => {
  test.setTimeout(300_000);
  const hostname = "late.shop.test";
  await pebble.stop();
  await addDomain(page, { hostname, certificate: /^From 127\.0\.0\.1/ });
  const item = itemOf(page, hostname);
  await check(item, hostname);
  await expect(findingsOf(item, hostname)).toContainText("cannot be reached from this machine");
  await item.getByRole("button", { name: `Attach ${hostname}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Attach", exact: true }).click();
  await expect(item.getByText("Failed", { exact: true })).toBeVisible({ timeout: attachLimitMs });
  await expect(item.getByRole("alert")).toContainText("The project is as it was");
  await expect(item.getByRole("button", { name: `Attach ${hostname}` })).toContainText("Try again");
});

test("a domain that is removed takes its address with it", async ({ page }) => {
  test.setTimeout(300_000);
  const hostname = "api.shop.test";
  await open(page, `/projects/${ref()}/domains`);
  await openMore(page, hostname, "Remove");
  const sheet = page.getByRole("dialog", { name: `Remove ${hostname}` });
  await expect(sheet.getByRole("region", { name: "Settings that change" })).toContainText("http://127.0.0.1:");
  await sheet.getByRole("button", { name: `Remove ${hostname}` }).click();
  await expect(itemOf(page, hostname)).toHaveCount(0, { timeout: attachLimitMs });
  await expect(page.getByRole("definition").filter({ hasText: /^http:\/\/127\.0\.0\.1:\d+$/ })).toBeVisible({ timeout: 90_000 });
});
