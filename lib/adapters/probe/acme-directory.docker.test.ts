import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { startPebble, type Pebble } from "@/lib/adapters/edge/pebble.fixture";
import { readAcmeDirectory } from "./acme-directory";

const folder = mkdtempSync(join(tmpdir(), "basehold-acme-"));
let pebble: Pebble;

beforeAll(async () => (pebble = await startPebble(folder, { httpPort: await freePort(), httpsPort: await freePort() })));
afterAll(async () => {
  await pebble.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("Let's Encrypt's own server tells its directory: whom CAA records have to permit, and that no account has to be made beforehand", async () => {
  const { directoryUrl, caRootPem } = pebble;
  expect(await readAcmeDirectory({ url: directoryUrl, caRootPem }, AbortSignal.timeout(10_000))).toEqual({ caaIdentities: ["pebble.letsencrypt.org"], needsAccountBinding: false, error: null });
  expect(await readAcmeDirectory({ url: directoryUrl, caRootPem: null }, AbortSignal.timeout(10_000))).toMatchObject({ error: expect.stringMatching(/certificate|authority|signed/i) as string });
});
