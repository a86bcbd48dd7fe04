import { describe, expect, test } from "vitest";
import { listAudit } from "@/lib/access/audit-log";
import { listActivity } from "@/lib/projects/list-activity";
import { listProjects } from "@/lib/projects/list-projects";
import { sampleSettings } from "@/lib/stack/sample-input.fixture";
import { insertProject } from "./store-file.fixture";
import { containing, type Db, type Store } from "./types";

/** Two connections of two processes' kind on one empty, migrated store; both are closed when the test ends. */
export type OpenStores = () => Promise<{ store: Store; another: Store }>;

const at = new Date("2026-02-03T04:05:06.789Z");
const projectId = "abcdef123456";

const texts: readonly [string, string][] = [
  ["plain", "plain"],
  ["quotes", "O'Brien \"quoted\" `back`"],
  ["shell", "$(id) `id` ; | & > <"],
  ["line breaks", "new\nline\ttab\r\n"],
  ["emoji", "👩‍🚀 \u{1f3f3}"],
  ["right to left", "עברית العربية"],
  ["wildcards", "50 % _ \\ wild"],
  ["ten thousand characters", "long ".repeat(2_000)],
  ["nothing", ""],
];

const operation = (id: string, extra: Partial<Parameters<Db["operation"]["create"]>[0]["data"]> = {}) => ({
  id, kind: "project.prove", projectId, inputJson: "{}", status: "queued", priority: 100, runAfter: at, attempt: 0, maxAttempts: 5, actorJson: "{}", createdAt: at, ...extra,
});

/** What every room relies on, whichever database is behind the store. */
export function describeStoreContract(name: string, open: OpenStores): void {
  describe(name, () => {
    describeValues(open);
    describeConstraints(open);
    describeTransactions(open);
    describeQueries(open);
  });
}

function describeValues(open: OpenStores): void {
  test.each(texts)("text comes back as it was: %s", async (_name, text) => {
    const { store, another } = await open();
    await store.db.installationSetting.create({ data: { key: "text", valueJson: text, updatedAt: at } });
    expect((await another.db.installationSetting.findUniqueOrThrow({ where: { key: "text" } })).valueJson).toBe(text);
  });

  test("times keep their milliseconds, null stays null, and flags, integers and fractions keep their type", async () => {
    const { store, another } = await open();
    await insertProject(store, projectId);
    await store.db.operation.create({ data: operation("o1") });
    await store.db.operationEvent.create({ data: { operationId: "o1", seq: 1, at, level: "progress", message: "m", current: 0.5, total: 3_000_000_000.25 } });
    await store.db.edgeFunction.create({ data: { id: "f", projectId, name: "hello", version: 1, filesJson: "[]", sizeBytes: 2_147_483_647, isDeleted: true, createdAt: at } });
    const event = await another.db.operationEvent.findUniqueOrThrow({ where: { operationId_seq: { operationId: "o1", seq: 1 } } });
    expect(event).toEqual({ operationId: "o1", seq: 1, at, level: "progress", stepKey: null, message: "m", current: 0.5, total: 3_000_000_000.25, detailJson: null });
    expect(await another.db.edgeFunction.findUniqueOrThrow({ where: { id: "f" } })).toMatchObject({ sizeBytes: 2_147_483_647, isDeleted: true, deployedAt: null });
  });

  test("times compare as times", async () => {
    const { store } = await open();
    await insertProject(store, projectId);
    for (const [index, iso] of ["2025-12-31T23:59:59.999Z", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z"].entries()) {
      await store.db.auditEntry.create({ data: { id: `a${index}`, at: new Date(iso), actorKind: "cli", actorName: "x", action: "x.y", summary: "s", detailJson: "{}" } });
    }
    const found = await store.db.auditEntry.findMany({ where: { at: { gte: new Date("2026-01-01T00:00:00.000Z") } }, orderBy: { at: "desc" } });
    expect(found.map(({ id }) => id)).toEqual(["a2", "a1"]);
  });
}

function describeConstraints(open: OpenStores): void {
  test("a reference, a port, a subnet and a membership exist once", async () => {
    const { store } = await open();
    await insertProject(store, projectId, "shop");
    await insertProject(store, "zzzzzz123456", "other");
    const port = (id: string, owner: string) => store.db.portAllocation.create({ data: { id, hostId: "host", port: 8100, purpose: "gateway", projectId: owner } });
    const subnet = (id: string, owner: string) => store.db.subnetAllocation.create({ data: { id, hostId: "host", subnet: "10.200.0.0/26", projectId: owner } });
    await port("p1", projectId);
    await subnet("s1", projectId);
    await expect(insertProject(store, "yyyyyy123456", "shop")).rejects.toMatchObject({ code: "P2002" });
    await expect(port("p2", "zzzzzz123456")).rejects.toMatchObject({ code: "P2002" });
    await expect(subnet("s2", "zzzzzz123456")).rejects.toMatchObject({ code: "P2002" });
  });

  test("a project has one open operation at a time; one that ended makes room", async () => {
    const { store } = await open();
    await insertProject(store, projectId);
    await store.db.operation.create({ data: operation("o1") });
    await expect(store.db.operation.create({ data: operation("o2") })).rejects.toMatchObject({ code: "P2002" });
    await store.db.operation.update({ where: { id: "o1" }, data: { status: "done" } });
    await store.db.operation.create({ data: operation("o2") });
    await expect(store.db.operation.update({ where: { id: "o1" }, data: { status: "running" } })).rejects.toMatchObject({ code: "P2002" });
  });

  test("a key against double clicks counts while its operation is open, and only then", async () => {
    const { store } = await open();
    const unbound = (id: string) => operation(id, { projectId: null, dedupeKey: "backup" });
    await store.db.operation.create({ data: unbound("o1") });
    await expect(store.db.operation.create({ data: unbound("o2") })).rejects.toMatchObject({ code: "P2002" });
    await store.db.operation.update({ where: { id: "o1" }, data: { status: "failed" } });
    await store.db.operation.create({ data: unbound("o2") });
  });

  test("a row that refers to nothing is refused, and a project takes what belongs to it along", async () => {
    const { store } = await open();
    await insertProject(store, projectId);
    const port = { hostId: "host", purpose: "gateway" };
    await expect(store.db.portAllocation.create({ data: { id: "p0", port: 8101, projectId: "nobody", ...port } })).rejects.toMatchObject({ code: "P2003" });
    await store.db.portAllocation.create({ data: { id: "p1", port: 8100, projectId, ...port } });
    await store.db.secretValue.create({ data: { id: "s1", projectId, name: "jwtSecret", ciphertext: "v1.x", createdAt: at, updatedAt: at } });
    await store.db.project.delete({ where: { id: projectId } });
    expect([await store.db.portAllocation.count(), await store.db.secretValue.count(), await store.db.host.count()]).toEqual([0, 0, 1]);
  });
}

function describeTransactions(open: OpenStores): void {
  const setting = (db: Db, key: string) => db.installationSetting.create({ data: { key, valueJson: "1", updatedAt: at } });

  test("a transaction that throws leaves nothing, one that returns leaves all", async () => {
    const { store, another } = await open();
    await expect(store.transaction(async (tx) => {
      await setting(tx, "a");
      throw new Error("no");
    })).rejects.toThrow("no");
    const result = await store.transaction(async (tx) => {
      await setting(tx, "b");
      await setting(tx, "c");
      return "kept";
    });
    expect(result).toBe("kept");
    expect(await another.db.installationSetting.findMany({ select: { key: true }, orderBy: { key: "asc" } })).toEqual([{ key: "b" }, { key: "c" }]);
  });

  test("what breaks a rule inside a transaction takes the whole of it back", async () => {
    const { store, another } = await open();
    await setting(store.db, "taken");
    await expect(store.transaction(async (tx) => {
      await setting(tx, "first");
      await setting(tx, "taken");
    })).rejects.toMatchObject({ code: "P2002" });
    expect(await another.db.installationSetting.count()).toBe(1);
  });

  test("nobody sees what is not committed", async () => {
    const { store, another } = await open();
    await store.transaction(async (tx) => {
      await setting(tx, "a");
      expect(await another.db.installationSetting.count()).toBe(0);
    });
    expect(await another.db.installationSetting.count()).toBe(1);
  });

  test("of many that want the same row, one gets it", async () => {
    const { store, another } = await open();
    await insertProject(store, projectId);
    await store.db.operation.create({ data: operation("o1") });
    const claim = (from: Store, token: string) => from.transaction((tx) => tx.operation.updateMany({ where: { id: "o1", status: "queued" }, data: { status: "running", leaseToken: token } }));
    const claims = await Promise.all(Array.from({ length: 12 }, (_, index) => claim(index % 2 === 0 ? store : another, `t${index}`)));
    expect(claims.reduce((sum, { count }) => sum + count, 0)).toBe(1);
  });

  test("a commit changes the token of every other connection, wakes who waits, and a wait ends at its limit", async () => {
    const { store, another } = await open();
    const before = await another.changeToken();
    const woken = another.waitForChange(before, { signal: new AbortController().signal, timeoutMs: 30_000 });
    await setting(store.db, "a");
    expect(await woken).not.toBe(before);
    const aborted = new AbortController();
    const waiting = another.waitForChange(await another.changeToken(), { signal: aborted.signal, timeoutMs: 30_000 });
    aborted.abort();
    expect(typeof (await waiting)).toBe("string");
  });

  test("inside a transaction only the transaction may begin another one", async () => {
    const { store } = await open();
    await expect(store.transaction(() => store.transaction(() => Promise.resolve()))).rejects.toThrow("use `tx`");
  });
}

function describeQueries(open: OpenStores): void {
  test("pages of the project list hold every project once, in the order of their references", async () => {
    const { store } = await open();
    const refs = ["aa", "a-b", "ab", "a1", "b-1", "b1", "zz", "a-b-c", "abc"].map((text) => `p${text}`);
    for (const [index, ref] of refs.entries()) {
      await insertProject(store, `project00${String(index).padStart(3, "0")}`, ref);
      await store.db.project.update({ where: { ref }, data: { settingsJson: JSON.stringify(sampleSettings) } });
    }
    const ctx = { store, actor: { kind: "cli" as const, name: "test" }, now: () => at, newId: () => "x", seal: () => Promise.resolve("") };
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listProjects(ctx, { cursor, limit: 2 });
      seen.push(...page.items.map(({ ref }) => ref));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen).toHaveLength(refs.length);
    expect([...seen].sort()).toEqual([...refs].sort());
  });

  test("the last contract run of each project is found by one grouped query", async () => {
    const { store } = await open();
    await insertProject(store, projectId);
    for (const [index, isPassed] of [true, false].entries()) {
      await store.db.contractRun.create({ data: { id: `c${index}`, projectId, at: new Date(at.getTime() + index), isPassed, resultsJson: "[]" } });
    }
    const [newest] = await store.db.contractRun.groupBy({ by: ["projectId"], where: { projectId: { in: [projectId] } }, _max: { at: true } });
    expect(newest?._max.at).toEqual(new Date(at.getTime() + 1));
  });

  test("the activity and the audit log find a person whatever the case of the letters typed", async () => {
    const { store } = await open();
    await store.db.auditEntry.create({ data: { id: "a1", at, actorKind: "user", actorName: "Anna Berg", action: "team.invite", summary: "Invite", detailJson: "{}" } });
    const ctx = { store, actor: { kind: "cli" as const, name: "test" }, now: () => at, newId: () => "x", seal: () => Promise.resolve("") };
    for (const actor of ["anna", "ANNA B", "a berg"]) {
      expect((await listAudit(ctx, { actor })).items).toHaveLength(1);
      expect((await listActivity(ctx, { actor })).items).toHaveLength(1);
    }
    expect((await listAudit(ctx, { actor: "anne" })).items).toEqual([]);
    expect(await store.db.auditEntry.count({ where: { summary: containing(store, "VIT") } })).toBe(1);
  });

  test("upsert, startsWith and a condition on null mean the same everywhere", async () => {
    const { store } = await open();
    await insertProject(store, projectId);
    const secret = (ciphertext: string) => store.db.secretValue.upsert({
      where: { projectId_name: { projectId, name: "smtpPassword" } },
      create: { id: "s1", projectId, name: "smtpPassword", ciphertext, createdAt: at, updatedAt: at },
      update: { ciphertext },
    });
    await secret("v1.first");
    await secret("sealed.second");
    expect(await store.db.secretValue.findMany({ where: { ciphertext: { startsWith: "sealed." } }, select: { ciphertext: true } })).toEqual([{ ciphertext: "sealed.second" }]);
    expect(await store.db.project.count({ where: { readyAt: null, deletedAt: null } })).toBe(1);
    expect(await store.db.dataKey.findFirst({ where: { projectId: null } })).toBeNull();
  });
}
