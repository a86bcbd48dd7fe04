import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { insertProject, makeStoreFile, type StoreFile } from "@/lib/adapters/store/store-file.fixture";
import type { Store } from "@/lib/adapters/store/types";
import { dropAside, putBack, setAside } from "@/lib/projects/keys/set-aside";
import { sampleSecrets } from "@/lib/stack/sample-input.fixture";
import { Secret } from "@/lib/stack/secret-value";
import type { ProjectSecrets, SecretName } from "@/lib/stack/settings";
import { rotateKey } from "./rotate-key";
import { readSealingRecipient, sealForWorker } from "./sealing";
import { openVault, type Vault } from "./vault";

const projectId = "abcdef123456";

async function openTestVault() {
  const file = await makeStoreFile();
  const store = await file.open();
  const keyFilePath = join(file.folder, "worker/key-file");
  const reopen = () => openVault({ store, keyFilePath });
  const vault = await reopen();
  await insertProject(store, projectId);
  return { file, store, keyFilePath, vault, reopen };
}

async function writeAll(store: Store, vault: Vault, secrets: ProjectSecrets = sampleSecrets): Promise<void> {
  await store.transaction(async (tx) => {
    for (const [name, value] of Object.entries(secrets) as [SecretName, Secret | null][]) if (value !== null) await vault.secrets.write(tx, projectId, name, value);
  });
}

const revealed = (secrets: ProjectSecrets) => Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret?.reveal() ?? null]));

test("secrets come back after a restart, and no file of the store holds one of them in the clear", async () => {
  const { file, store, vault, reopen } = await openTestVault();
  await writeAll(store, vault);
  expect(revealed(await (await reopen()).secrets.readAll(store.db, projectId))).toEqual(revealed(sampleSecrets));
  await store.close();
  const bytes = readStoreFiles(file);
  for (const secret of Object.values(sampleSecrets)) if (secret !== null && secret.reveal().length > 8) expect(bytes.includes(secret.reveal())).toBe(false);
});

function readStoreFiles({ path }: StoreFile): Buffer {
  return Buffer.concat([path, `${path}-wal`].map((name) => {
    try {
      return readFileSync(name);
    } catch {
      return Buffer.alloc(0);
    }
  }));
}

test("a ciphertext copied from one secret to another does not open there", async () => {
  const { store, vault } = await openTestVault();
  await writeAll(store, vault);
  const from = await store.db.secretValue.findUniqueOrThrow({ where: { projectId_name: { projectId, name: "secretKey" } } });
  await store.db.secretValue.update({ where: { projectId_name: { projectId, name: "publishableKey" } }, data: { ciphertext: from.ciphertext } });
  await expect(vault.secrets.readAll(store.db, projectId)).rejects.toThrow(/cannot be opened/);
});

test("a secret moved to another project does not open there", async () => {
  const { store, vault } = await openTestVault();
  await insertProject(store, "zzzzzz123456", "other");
  await writeAll(store, vault);
  await store.db.secretValue.updateMany({ where: { projectId }, data: { projectId: "zzzzzz123456" } });
  await expect(vault.secrets.readAll(store.db, "zzzzzz123456")).rejects.toThrow(/data key .* is not in the store/);
});

test("a data key that is given to another project does not open", async () => {
  const { store, vault, reopen } = await openTestVault();
  await insertProject(store, "zzzzzz123456", "other");
  await writeAll(store, vault);
  await store.db.dataKey.updateMany({ where: { projectId }, data: { projectId: "zzzzzz123456" } });
  await store.db.secretValue.updateMany({ where: { projectId }, data: { projectId: "zzzzzz123456" } });
  await expect((await reopen()).secrets.readAll(store.db, "zzzzzz123456")).rejects.toThrow(/DataKey/);
});

test("each project has a data key of its own", async () => {
  const { store, vault } = await openTestVault();
  await insertProject(store, "zzzzzz123456", "other");
  await writeAll(store, vault);
  await store.transaction((tx) => vault.secrets.write(tx, "zzzzzz123456", "jwtSecret", sampleSecrets.jwtSecret));
  expect(await store.db.dataKey.count({ where: { projectId: { not: null } } })).toBe(2);
});

test("a missing key file is refused once the store is in use, and none is made in its place", async () => {
  const { keyFilePath, reopen } = await openTestVault();
  rmSync(keyFilePath);
  await expect(reopen()).rejects.toThrow(/is missing, and the secrets in the store cannot be read without it.*recovery kit/);
  expect(() => readFileSync(keyFilePath)).toThrow("ENOENT");
});

test("another installation's key file is refused", async () => {
  const { keyFilePath, reopen } = await openTestVault();
  const other = await openTestVault();
  chmodSync(keyFilePath, 0o600);
  writeFileSync(keyFilePath, readFileSync(other.keyFilePath));
  chmodSync(keyFilePath, 0o400);
  await expect(reopen()).rejects.toThrow(/does not open this store: it belongs to another installation/);
});

test("a replaced canary is noticed at the start", async () => {
  const { store, reopen } = await openTestVault();
  const label = await store.db.installationSetting.findUniqueOrThrow({ where: { key: "labelKey" } });
  await store.db.installationSetting.update({ where: { key: "keyCanary" }, data: { valueJson: label.valueJson } });
  await expect(reopen()).rejects.toThrow(/does not open this store/);
});

test("a rotation wraps every data key anew and leaves the values as they are", async () => {
  const { store, keyFilePath, vault, reopen } = await openTestVault();
  await writeAll(store, vault);
  const before = await store.db.secretValue.findMany({ orderBy: { id: "asc" } });
  const hashBefore = vault.hash("spec");
  expect(await rotateKey({ store, keyFilePath })).toEqual({ currentKekId: "k2", rewrapped: 2 });
  expect(await store.db.secretValue.findMany({ orderBy: { id: "asc" } })).toEqual(before);
  expect((await store.db.dataKey.findMany()).map((row) => row.kekId)).toEqual(["k2", "k2"]);
  const after = await reopen();
  expect(revealed(await after.secrets.readAll(store.db, projectId))).toEqual(revealed(sampleSecrets));
  expect(after.hash("spec")).toBe(hashBefore);
});

test("a worker that runs during a rotation goes on reading and writing", async () => {
  const { store, keyFilePath, vault, reopen } = await openTestVault();
  const running = await reopen();
  await writeAll(store, vault);
  await rotateKey({ store, keyFilePath });
  expect(revealed(await running.secrets.readAll(store.db, projectId))).toEqual(revealed(sampleSecrets));
  await insertProject(store, "zzzzzz123456", "other");
  await store.transaction((tx) => running.secrets.write(tx, "zzzzzz123456", "jwtSecret", sampleSecrets.jwtSecret));
  expect((await store.db.dataKey.findFirstOrThrow({ where: { projectId: "zzzzzz123456" } })).kekId).toBe("k2");
});

test("the key before the last rotation leaves the file at the next one, the data keys of a crashed rotation are taken along", async () => {
  const { store, keyFilePath, vault, reopen } = await openTestVault();
  await writeAll(store, vault);
  const wrappedByK1 = await store.db.dataKey.findMany();
  await rotateKey({ store, keyFilePath });
  // As if the first rotation had died between the file and the store.
  for (const row of wrappedByK1) await store.db.dataKey.update({ where: { id: row.id }, data: { wrapped: row.wrapped, kekId: row.kekId } });
  expect(await rotateKey({ store, keyFilePath })).toMatchObject({ currentKekId: "k3", rewrapped: 2 });
  await rotateKey({ store, keyFilePath });
  expect((await reopen()).recoveryKit().match(/^kek k\d/gm)).toEqual(["kek k3", "kek k4"]);
  expect(revealed(await (await reopen()).secrets.readAll(store.db, projectId))).toEqual(revealed(sampleSecrets));
});

async function sealed(store: Store, text: string): Promise<string> {
  return `sealed.${await sealForWorker((await readSealingRecipient(store.db)) ?? "", text)}`;
}

test("what web sealed is re-encrypted with the project's key, once and for all", async () => {
  const { store, vault } = await openTestVault();
  await writeAll(store, vault);
  const now = new Date();
  await store.db.secretValue.create({ data: { id: "smtp", projectId, name: "smtpPassword", ciphertext: await sealed(store, "correct horse"), createdAt: now, updatedAt: now } });
  expect((await vault.secrets.readAll(store.db, projectId)).smtpPassword?.reveal()).toBe("correct horse");
  await vault.secrets.unsealPending(projectId);
  await vault.secrets.unsealPending(projectId);
  const row = await store.db.secretValue.findUniqueOrThrow({ where: { id: "smtp" } });
  expect(row.ciphertext).toMatch(/^v1\./);
  expect((await vault.secrets.readAll(store.db, projectId)).smtpPassword?.reveal()).toBe("correct horse");
});

test.each([
  ["a sample that upstream publishes", "your-super-secret-jwt-token-with-at-least-32-characters-long", /sample that upstream publishes/],
  ["a value that breaks its rule", "short", /breaks its rule/],
])("%s is refused, whoever sends it", async (_name, text, message) => {
  const { store, vault } = await openTestVault();
  await expect(store.transaction((tx) => vault.secrets.write(tx, projectId, "jwtSecret", new Secret(text)))).rejects.toThrow(message);
  const now = new Date();
  await store.db.secretValue.create({ data: { id: "jwt", projectId, name: "jwtSecret", ciphertext: await sealed(store, text), createdAt: now, updatedAt: now } });
  await expect(vault.secrets.unsealPending(projectId)).rejects.toThrow(message);
});

test("a key that is set aside is seen by nobody, opens again when it is put back, and is gone when it is dropped", async () => {
  const { store, vault } = await openTestVault();
  await writeAll(store, vault);
  const names: SecretName[] = ["secretKey", "secretKeyPrevious"];
  const replace = () =>
    store.transaction(async (tx) => {
      await setAside(tx, projectId, "op1", names);
      await vault.secrets.write(tx, projectId, "secretKey", new Secret("sb_secret_anotherSecret000000000_checksum"));
      await vault.secrets.write(tx, projectId, "secretKeyPrevious", sampleSecrets.secretKey);
    });
  await replace();
  const during = await vault.secrets.readAll(store.db, projectId);
  expect([during.secretKey.reveal(), during.secretKeyPrevious?.reveal()]).toEqual(["sb_secret_anotherSecret000000000_checksum", sampleSecrets.secretKey.reveal()]);
  await store.transaction((tx) => putBack(tx, projectId, "op1", names));
  // A worker that died after it did the same.
  await store.transaction((tx) => putBack(tx, projectId, "op1", names));
  expect(revealed(await vault.secrets.readAll(store.db, projectId))).toEqual(revealed(sampleSecrets));
  await replace();
  await store.transaction((tx) => dropAside(tx, projectId));
  await store.transaction((tx) => putBack(tx, projectId, "op1", names));
  expect((await vault.secrets.readAll(store.db, projectId)).secretKey.reveal()).toBe("sb_secret_anotherSecret000000000_checksum");
});

test("a project without its secrets says which are missing", async () => {
  const { store, vault } = await openTestVault();
  await store.transaction((tx) => vault.secrets.write(tx, projectId, "jwtSecret", sampleSecrets.jwtSecret));
  await expect(vault.secrets.readAll(store.db, projectId)).rejects.toThrow(/lacks the secrets postgresPassword, anonKey/);
});

test("the hash is keyed: another installation gives another one", async () => {
  const [one, other] = [await openTestVault(), await openTestVault()];
  expect(one.vault.hash("spec")).toMatch(/^[0-9a-f]{64}$/);
  expect(one.vault.hash("spec")).not.toBe(other.vault.hash("spec"));
});
