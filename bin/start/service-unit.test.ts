import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

type Environment = Record<string, string>;
type ServiceUnit = {
  unitText(settings: { root: string; lab: string; isProxied: boolean }, paths: { data: string; worker: string }, env: Environment): string;
  environmentText(env: Environment): string;
  writeEnvironmentFile(path: string, text: string): void;
};

const { unitText, environmentText, writeEnvironmentFile } = (await import(join(import.meta.dirname, "service-unit.mjs"))) as ServiceUnit;
const settings = { root: "/srv/basehold", lab: "never", isProxied: false };
const paths = { data: "/var/lib/basehold", worker: "/var/lib/basehold/worker" };

test("the password of a PostgreSQL store stands in a file for root alone, and nowhere in the unit", () => {
  const env = { DATABASE_URL: "postgres://panel:s3cret@db.example/panel", BASEHOLD_STORE_URL: "postgres://panel:s3cret-too@db.example/panel", PORT: "3000" };
  const text = unitText(settings, paths, env);
  expect(text).not.toContain("s3cret");
  expect(text).toContain('Environment="PORT=3000"\n');
  expect(text).toContain("EnvironmentFile=/var/lib/basehold/worker/service.env\n");
  expect(environmentText(env).split("\n").sort()).toEqual(["", `BASEHOLD_STORE_URL="${env.BASEHOLD_STORE_URL}"`, `DATABASE_URL="${env.DATABASE_URL}"`]);
});

test("without a secret variable there is no such file, and an older one goes", () => {
  expect(unitText(settings, paths, { PORT: "3000" })).not.toContain("EnvironmentFile");
  const folder = mkdtempSync(join(tmpdir(), "basehold-unit-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "service.env");
  writeFileSync(path, "old", { mode: 0o644 });
  writeEnvironmentFile(path, 'DATABASE_URL="x"\n');
  expect([statSync(path).mode & 0o777, readFileSync(path, "utf8")]).toEqual([0o600, 'DATABASE_URL="x"\n']);
  writeEnvironmentFile(path, environmentText({}));
  expect(existsSync(path)).toBe(false);
});

test("a password of any characters reaches the program as it was", () => {
  const DATABASE_URL = "postgres://panel:a\"b\\c$HOME`id`%20'x y@db/panel";
  // systemd reads such a file as a shell reads assignments.
  const read = execFileSync("sh", ["-c", `${environmentText({ DATABASE_URL })}printf %s "$DATABASE_URL"`], { encoding: "utf8" });
  expect(read).toBe(DATABASE_URL);
});
