import { chmodSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "@/lib/adapters/store/store-file.fixture";
import { readEnvironment } from "./environment";
import { withStore } from "./open-panel";
import { runCli } from "./run-cli";

type Ran = { code: number; out: string[]; err: string[] };

/** A fresh installation's folder, and a way to run commands on it. */
function makeInstallation(extra: Record<string, string> = {}) {
  const folder = makeFolder();
  const environment = readEnvironment({ BASEHOLD_DATA: folder, PORT: "4321", ...extra });
  const run = async (...argv: string[]): Promise<Ran> => {
    const ran: Ran = { code: 0, out: [], err: [] };
    ran.code = await runCli(argv, environment, { print: (line) => ran.out.push(line), tell: (line) => ran.err.push(line) });
    return ran;
  };
  return { folder, environment, run };
}

async function migrated() {
  const installation = makeInstallation();
  await installation.run("migrate");
  return installation;
}

const auditOf = ({ environment }: ReturnType<typeof makeInstallation>) => withStore(environment, (store) => store.db.auditEntry.findMany({ orderBy: { at: "asc" } }));

test("migrate makes store and key file, and says nothing when there is nothing to do", async () => {
  const { run, environment } = makeInstallation();
  const first = await run("migrate");
  expect(first).toMatchObject({ code: 0, err: [] });
  expect(first.out.join("\n")).toMatch(/Applied the migration 0001_init\.[^]*Made the key file/);
  expect(statSync(environment.keyFilePath).mode & 0o777).toBe(0o400);
  expect(await run("migrate")).toEqual({ code: 0, out: [], err: [] });
});

test("migrate refuses a store whose key file is gone, and makes no other one", async () => {
  const { run, environment } = await migrated();
  rmSync(environment.keyFilePath);
  const ran = await run("migrate");
  expect(ran.code).toBe(1);
  expect(ran.err.join()).toMatch(/is missing.*recovery kit/);
  expect(existsSync(environment.keyFilePath)).toBe(false);
});

test("setup-link prints one line, a new link each time, and nothing once there is an owner", async () => {
  const installation = await migrated();
  const [first, second] = [await installation.run("setup-link"), await installation.run("setup-link")];
  expect(first.out).toEqual([expect.stringMatching(/^http:\/\/panel\.localhost:4321\/set-up#[A-Za-z0-9]{43}$/)]);
  expect(second.out[0]).not.toBe(first.out[0]);
  await withStore(installation.environment, (store) => store.db.user.create({ data: { id: "u1", email: "ada@example.com", name: "Ada", passwordHash: "x", installationRole: "owner", createdAt: new Date() } }));
  expect(await installation.run("setup-link")).toEqual({ code: 0, out: [], err: [] });
});

test("reset-password prints a link for a person that exists, and a sentence otherwise", async () => {
  const installation = await migrated();
  await withStore(installation.environment, (store) => store.db.user.create({ data: { id: "u1", email: "ada@example.com", name: "Ada", passwordHash: "x", installationRole: "owner", createdAt: new Date() } }));
  expect((await installation.run("reset-password", "ada@example.com")).out).toEqual([expect.stringMatching(/\/reset-password#[A-Za-z0-9]{43}$/)]);
  expect(await installation.run("reset-password", "eve@example.com")).toMatchObject({ code: 1, out: [] });
  expect((await installation.run("reset-password")).err.join()).toContain("Name the person's e-mail address");
});

test("image-source prints null until it is set, takes a mirror, and names what is wrong with a prefix", async () => {
  const installation = await migrated();
  expect((await installation.run("image-source")).out).toEqual(["null"]);
  expect((await installation.run("image-source", "set", "mirror", "registry.example.com:5000/docker")).out).toEqual(['{"kind":"mirror","prefix":"registry.example.com:5000/docker/"}']);
  expect((await installation.run("image-source", "set", "lab")).out).toEqual(['{"kind":"lab","prefix":"127.0.0.1:5055/"}']);
  for (const wrong of ["https://registry.example.com", "a b", "../x", "$(id)/", "x/../y/"]) expect((await installation.run("image-source", "set", "mirror", wrong)).code).toBe(1);
  expect((await installation.run("image-source")).out).toEqual(['{"kind":"lab","prefix":"127.0.0.1:5055/"}']);
  expect((await auditOf(installation)).filter(({ action }) => action === "installation.image-source")).toHaveLength(2);
});

test("create writes the wish, audited as the command line, before any worker runs; first-project says that it needs one", async () => {
  const installation = await migrated();
  await withStore(installation.environment, (store) => store.db.host.create({ data: { id: "h", name: "local", endpoint: "", createdAt: new Date() } }));
  await withStore(installation.environment, (store) => store.db.installationSetting.create({ data: { key: "instanceId", valueJson: '"abcdefgh12345678"', updatedAt: new Date() } }));
  const created = await installation.run("create", "Hello world");
  expect(JSON.parse(created.out[0] ?? "")).toMatchObject({ ref: "hello-world" });
  expect((await auditOf(installation)).find(({ action }) => action === "project.create")).toMatchObject({ actorKind: "cli", projectRef: "hello-world" });
  expect((await installation.run("projects")).out.join()).toMatch(/hello-world +creating +v0\.8\.2/);
  expect((await installation.run("first-project", "other")).err.join()).toContain("The worker does not run");
});

test("what a name holds cannot steer the terminal", async () => {
  const installation = await migrated();
  await withStore(installation.environment, (store) => store.transaction(async (tx) => {
    await tx.host.create({ data: { id: "h", name: "local", endpoint: "", createdAt: new Date() } });
    const settings = { displayName: "x", release: "v0.8.2", services: ["db"], bindAddress: "127.0.0.1", publicUrl: "http://127.0.0.1:1", siteUrl: "http://localhost", redirectUrls: [], smtp: null, isDirectDatabasePortOpen: false };
    await tx.project.create({ data: { id: "abcdef123456", ref: "bad", hostId: "h", displayName: "\u001b[2Jgone\u202e", wish: "run", state: "ready", release: "v0.8.2", settingsJson: JSON.stringify(settings), revision: 1, driftPolicy: "report", createdAt: new Date() } });
  }));
  expect((await installation.run("projects")).out.join()).not.toMatch(/[\u001b\u202e]/);
});

test("the recovery kit is written once, for its owner's eyes, audited; a rotation asks for it again", async () => {
  const installation = await migrated();
  const file = join(installation.folder, "kit.txt");
  expect((await installation.run("recovery-kit", file)).code).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toBe(readFileSync(installation.environment.keyFilePath, "utf8"));
  expect((await installation.run("recovery-kit", file)).err.join()).toContain("is not overwritten");
  expect((await installation.run("status")).out.join("\n")).toMatch(/Recovery kit +saved 2/);
  expect((await installation.run("rotate-key")).out.join()).toMatch(/k2 is in force; 1 data keys/);
  expect((await installation.run("status")).out.join("\n")).toMatch(/Recovery kit +not saved yet/);
  expect((await auditOf(installation)).map(({ action }) => action).sort()).toEqual(["installation.rotate-key", "recovery-kit.saved", "recovery-kit.show"]);
});

test("a backup of one installation does not go into another one, whose key does not open it", async () => {
  const [source, target] = [await migrated(), makeInstallation()];
  const file = join(source.folder, "panel.backup");
  expect((await source.run("backup", file)).code).toBe(0);
  await target.run("migrate");
  const other = readEnvironment({ BASEHOLD_DATA: target.folder, BASEHOLD_STORE_URL: `file:${join(target.folder, "elsewhere.sqlite")}` });
  const err: string[] = [];
  expect(await runCli(["restore", file], other, { print: () => undefined, tell: (line) => err.push(line) })).toBe(1);
  expect(err.join()).toMatch(/does not open this store/);
});

test("a backup with the recovery kit brings a lost installation back", async () => {
  const source = await migrated();
  await withStore(source.environment, (store) => store.db.user.create({ data: { id: "u1", email: "ada@example.com", name: "Ada", passwordHash: "x", installationRole: "owner", createdAt: new Date() } }));
  const [backup, kit] = [join(source.folder, "panel.backup"), join(source.folder, "kit.txt")];
  await source.run("backup", backup);
  await source.run("recovery-kit", kit);
  chmodSync(kit, 0o400);
  const target = makeInstallation({ BASEHOLD_KEY_FILE: kit });
  expect(await target.run("restore", backup)).toMatchObject({ code: 0, err: [] });
  expect(await withStore(target.environment, (store) => store.db.user.count())).toBe(1);
});

test("status tells where things lie and what to do next, before and after the first start", async () => {
  const installation = makeInstallation();
  expect((await installation.run("status")).out.join("\n")).toMatch(/migrations to apply/);
  await installation.run("migrate");
  const text = (await installation.run("status")).out.join("\n");
  expect(text).toMatch(/Panel +http:\/\/panel\.localhost:4321/);
  expect(text).toMatch(/Worker +does not run/);
  expect(text).toMatch(/Owner +not set up yet/);
});

test("an unknown command, an unknown option and none at all say what there is", async () => {
  const { run } = makeInstallation();
  expect(await run("frobnicate")).toMatchObject({ code: 1, err: [expect.stringContaining("npx basehold help")] });
  expect(await run("projects", "--yaml")).toMatchObject({ code: 1, err: ["Use it like this: npx basehold projects [--json]"] });
  expect(await run()).toMatchObject({ code: 2 });
  expect((await run("help")).out.join()).toContain("setup-link");
});

test("a store that is not there yet is told with the way to make it", async () => {
  expect((await makeInstallation().run("projects")).err.join()).toMatch(/npx basehold migrate/);
});
