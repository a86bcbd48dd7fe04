import { writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openVault } from "@/lib/adapters/vault/vault";
import { sampleSecrets } from "@/lib/stack/sample-input.fixture";
import { backUpStore, restoreStore } from "./backup";
import { listPendingMigrations, migrateStore, requireCurrentStore } from "./migrate";
import { startPostgres, type PostgresServer } from "./postgres-server.fixture";
import { describeStoreContract } from "./store-contract.fixture";
import { insertProject, makeFolder, openUntilEnd } from "./store-file.fixture";
import type { Store } from "./types";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const migrate = (url: string) => migrateStore({ url, backupsFolder: "/nowhere" });

async function migrated(): Promise<string> {
  const url = await server.createDatabase();
  await migrate(url);
  return url;
}

describeStoreContract("the store in PostgreSQL", async () => {
  const url = await migrated();
  return { store: await openUntilEnd(url), another: await openUntilEnd(url) };
});

describe("PostgreSQL alone", () => {
  test("several processes that migrate at once apply each migration once", async () => {
    const url = await server.createDatabase();
    const results = await Promise.all([1, 2, 3, 4].map(() => migrate(url)));
    expect(results.flatMap(({ applied }) => applied)).toEqual([...new Set(results.flatMap(({ applied }) => applied))]);
    expect(await listPendingMigrations({ url })).toEqual([]);
    await requireCurrentStore({ url });
  });

  test("a database that is another program's is refused", async () => {
    const url = await server.createDatabase();
    await run(url, "CREATE TABLE contacts (name text)");
    await expect(migrate(url)).rejects.toThrow(/not Basehold's \(contacts\)/);
  });

  test("a store that is newer than the program, or was changed, is refused", async () => {
    const url = await migrated();
    await run(url, `UPDATE "_prisma_migrations" SET checksum = 'x' WHERE migration_name = '0001_init'`);
    await expect(migrate(url)).rejects.toThrow(/is not the one that was applied/);
    await run(url, `UPDATE "_prisma_migrations" SET migration_name = '9999_future'`);
    await expect(requireCurrentStore({ url })).rejects.toThrow(/newer than this program/);
  });

  test("a server that does not answer is told without the password", async () => {
    const refused = migrate("postgres://someone:secret-word@127.0.0.1:1/x");
    await expect(refused).rejects.toThrow(/PostgreSQL at 127\.0\.0\.1:1 does not let this program in/);
    await expect(refused).rejects.not.toThrow(/secret-word/);
  });

  test("the vault opens its secrets in it", async () => {
    const url = await migrated();
    const store = await openUntilEnd(url);
    const keyFilePath = join(makeFolder(), "key-file");
    const vault = await openVault({ store, keyFilePath });
    await insertProject(store);
    await store.transaction((tx) => vault.secrets.write(tx, "abcdef123456", "jwtSecret", sampleSecrets.jwtSecret));
    const reopened = await openVault({ store, keyFilePath });
    expect(await reopened.secrets.listNames(store.db, "abcdef123456")).toEqual(["jwtSecret"]);
    expect(reopened.hash("x")).toBe(vault.hash("x"));
  });

  test("a backup restored into another database is the same store", async () => {
    const url = await migrated();
    await insertProject(await openUntilEnd(url));
    const file = join(makeFolder(), "panel.backup");
    await backUpStore({ url, file });
    const target = await server.createDatabase();
    expect(await restoreStore({ url: target, file, backupsFolder: "/nowhere", verify: () => Promise.resolve() })).toEqual({ replacedPath: null });
    await requireCurrentStore({ url: target });
    expect(await (await openUntilEnd(target)).db.project.count()).toBe(1);
  });

  test("a backup that the key file does not open, and a file that is none, are refused before anything is replaced, and nothing stays behind", async () => {
    const foreign = await migrated();
    await openVault({ store: await openUntilEnd(foreign), keyFilePath: join(makeFolder(), "key-file") });
    const file = join(makeFolder(), "panel.backup");
    await backUpStore({ url: foreign, file });
    const target = await migrated();
    const store = await openUntilEnd(target);
    const keyFilePath = join(makeFolder(), "key-file");
    await openVault({ store, keyFilePath });
    await insertProject(store);
    const verify = async (copy: Store) => void (await openVault({ store: copy, keyFilePath }));
    await expect(restoreStore({ url: target, file, backupsFolder: "/nowhere", verify })).rejects.toThrow(/key file/);
    const text = join(makeFolder(), "text");
    writeFileSync(text, "no backup");
    await expect(restoreStore({ url: target, file: text, backupsFolder: "/nowhere", verify })).rejects.toThrow(/pg_restore failed/);
    expect(await store.db.project.count()).toBe(1);
    expect(await store.db.$queryRawUnsafe("SELECT datname FROM pg_database WHERE datname LIKE 'basehold_check%'")).toEqual([]);
  });

  test("a user who may make no database is told what is missing", async () => {
    const target = await migrated();
    await run(target, "CREATE ROLE lesser LOGIN");
    const file = join(makeFolder(), "panel.backup");
    await backUpStore({ url: target, file });
    const lesser = Object.assign(new URL(target), { username: "lesser" }).href;
    await expect(restoreStore({ url: lesser, file, backupsFolder: "/nowhere", verify: () => Promise.resolve() })).rejects.toThrow('ALTER ROLE "lesser" CREATEDB');
  });
});

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
