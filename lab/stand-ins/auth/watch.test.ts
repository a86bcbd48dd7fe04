import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ConfigDir, readConfigFiles, watchConfigDir } from "./config-dir";

let folder: string;
let stop: () => void = () => undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-auth-"));
});
afterEach(() => {
  stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The site's address as the first reload finds it. */
function watchOnce(config: ConfigDir, dir: string): { loaded: Promise<string | undefined> } {
  const loaded = new Promise<string | undefined>((resolve) => {
    stop = watchConfigDir(dir, 20, () => {
      resolve(config.load().GOTRUE_SITE_URL);
    });
  });
  return { loaded };
}

it("a file that is moved into place is in force without a restart", async () => {
  const config = new ConfigDir({}, () => readConfigFiles(folder));
  writeFileSync(join(folder, "auth.env"), "GOTRUE_SITE_URL=http://old.test\n");
  expect(config.load().GOTRUE_SITE_URL).toBe("http://old.test");
  const { loaded } = watchOnce(config, folder);
  writeFileSync(join(folder, "auth.env.new"), "GOTRUE_SITE_URL=http://new.test\n");
  renameSync(join(folder, "auth.env.new"), join(folder, "auth.env"));
  expect(await loaded).toBe("http://new.test");
});

it("a folder that is not there yet is found when it comes", async () => {
  const late = join(folder, "late");
  const config = new ConfigDir({}, () => readConfigFiles(late));
  const { loaded } = watchOnce(config, late);
  const made = mkdtempSync(join(folder, "making-"));
  writeFileSync(join(made, "auth.env"), "GOTRUE_SITE_URL=http://late.test\n");
  renameSync(made, late);
  expect(await loaded).toBe("http://late.test");
});
