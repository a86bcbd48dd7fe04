import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { openVault } from "@/lib/adapters/vault/vault";
import type { Secret } from "@/lib/stack/secret-value";
import { pages } from "@/lib/server/route-table";
import { owner, signIn } from "./panel/acts";
import { ask, must } from "./panel/api";
import { note, withStore } from "./panel/panel";
import { dataFolder } from "./panel/where";

/** After everything else ran: whatever was generated must stand nowhere but encrypted in the store and in its own files. */
type Named = { name: string; text: string };

/** Every secret of every project, decrypted with the key file, and those of the panel itself. */
async function everySecret(): Promise<Named[]> {
  const keyFile = join(dataFolder, "worker/key-file");
  const ofProjects = await withStore(async (store) => {
    const vault = await openVault({ store, keyFilePath: keyFile });
    const projects = await store.db.project.findMany({ select: { id: true, ref: true } });
    const found: Named[] = [];
    for (const project of projects) {
      if ((await vault.secrets.listNames(store.db, project.id)).length === 0) continue;
      const values: Record<string, Secret | null> = await vault.secrets.readAll(store.db, project.id);
      for (const [name, secret] of Object.entries(values)) if (secret !== null) found.push({ name: `${name} of ${project.ref}`, text: secret.reveal() });
    }
    return found;
  });
  const ofPanel = readFileSync(keyFile, "utf8").split("\n").filter((line) => /^(kek|sealing)/.test(line)).map((line) => ({ name: `${line.split(" ")[0] ?? ""} of the key file`, text: line.split(" ").at(-1) ?? "" }));
  const typed = [{ name: "the owner's password", text: owner.password }, { name: "the web secret", text: readFileSync(join(dataFolder, "web-secret"), "utf8").trim() }];
  // Shorter than anything that is generated: the Studio user's name.
  return [...ofProjects, ...ofPanel, ...typed].filter(({ text }) => text.length >= 12);
}

function expectNone(secrets: Named[], where: string, text: string): void {
  const found = secrets.filter((secret) => text.includes(secret.text)).map((secret) => secret.name);
  expect(found, `secrets found in ${where}`).toEqual([]);
}

test("no generated secret stands in a log", async () => {
  const secrets = await everySecret();
  expect(secrets.length).toBeGreaterThan(15);
  for (const name of readdirSync(join(dataFolder, "logs"))) expectNone(secrets, name, readFileSync(join(dataFolder, "logs", name), "utf8"));
});

test("no generated secret stands in the store: not in events, audit, operations, snapshots or settings", async () => {
  const secrets = await everySecret();
  await withStore(async (store) => {
    const { db } = store;
    const tables = { operationEvent: await db.operationEvent.findMany(), auditEntry: await db.auditEntry.findMany(), operation: await db.operation.findMany(), operationStep: await db.operationStep.findMany(), observedSnapshot: await db.observedSnapshot.findMany(), contractRun: await db.contractRun.findMany(), project: await db.project.findMany(), installationSetting: await db.installationSetting.findMany(), session: await db.session.findMany(), user: await db.user.findMany() };
    expect(tables.operationEvent.length).toBeGreaterThan(10);
    expect(tables.auditEntry.length).toBeGreaterThan(5);
    for (const [name, rows] of Object.entries(tables)) expectNone(secrets, `table ${name}`, JSON.stringify(rows, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)));
  });
  for (const file of ["basehold.sqlite", "basehold.sqlite-wal"]) expectNone(secrets, file, readFileSync(join(dataFolder, "store", file), "latin1"));
});

test("no generated secret stands in what the panel answers", async ({ page }) => {
  test.setTimeout(300_000);
  const secrets = await everySecret();
  await signIn(page, owner);
  const ref = note("projectRef");
  const { items } = await must<{ items: { id: string }[] }>(page, "GET", "/api/v1/operations");
  const operationPages = items.map(({ id }) => `/operations/${id}`);
  const projectPages = Object.keys(pages).filter((path) => !path.includes("[id]")).map((path) => path.replace("[ref]", ref));
  const calls = ["/api/v1/me", "/api/v1/projects", `/api/v1/projects/${ref}`, `/api/v1/projects/${ref}/functions`, `/api/v1/projects/${ref}/members`, `/api/v1/projects/${ref}/metrics`, "/api/v1/operations", "/api/v1/activity", "/api/v1/tokens", "/api/v1/sessions", "/api/v1/members", "/api/v1/audit", "/api/v1/audit.csv", ...items.map(({ id }) => `/api/v1/operations/${id}`)];
  for (const path of [...projectPages, ...operationPages, ...calls]) expectNone(secrets, path, JSON.stringify((await ask(page, "GET", path)).body));
});
