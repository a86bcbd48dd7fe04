import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "@/lib/adapters/store/open-store";
import { createProject } from "./create-project";
import { openScene, seal, type Scene } from "./scene.fixture";
import { actsOf } from "./verbs.fixture";

const ref = "shop";

let scene: Scene;
beforeEach(async () => void (scene = await openScene()));
afterEach(() => scene.close());

const { create, put, footprint, expectRefused } = actsOf(() => scene);

describe("creating a project", () => {
  it.each(["new", "preview"])("gives nobody the reference %s, which is a word of the panel's own addresses", async (word) => {
    expect((await create({ displayName: word })).ref).toBe(`${word}-2`);
    await expectRefused(() => create({ ref: word }), { code: "ref-taken", fields: ["ref"] });
  });

  it("writes row, ports, subnet, operation and audit row in one transaction", async () => {
    const { projectId, operationId } = await create({ postgresPassword: "aB3".repeat(8) });
    const project = await scene.project(ref);
    expect(project).toMatchObject({ id: projectId, state: "creating", wish: "run", ref });
    expect(project?.ports.map((row) => `${row.purpose} ${row.port}`).sort()).toEqual(["gateway 8100", "pooler-session 15432", "pooler-transaction 16543"]);
    expect(project?.subnet?.subnet).toMatch(/^10\.2\d\d\.0\.0\/26$/);
    expect(await scene.store.db.auditEntry.findMany()).toMatchObject([{ action: "project.create", operationId, projectRef: ref }]);
    expect((await scene.store.db.secretValue.findMany()).map((row) => row.ciphertext)).toEqual([`sealed.${await seal("aB3".repeat(8))}`]);
    expect(JSON.stringify(await scene.store.db.operation.findMany())).not.toContain("aB3aB3");
  });

  it("leaves nothing when the audit row cannot be written", async () => {
    const before = await footprint();
    const ctx = scene.ctx();
    await scene.store.db.$executeRawUnsafe(`CREATE TRIGGER refuse BEFORE INSERT ON AuditEntry BEGIN SELECT RAISE(ABORT, 'no'); END`);
    await expect(createProject(ctx, { displayName: "Shop" })).rejects.toThrow();
    await scene.store.db.$executeRawUnsafe("DROP TRIGGER refuse");
    expect(await footprint()).toEqual(before);
  });

  it("makes a reference of the name, and a free one of a name that is taken", async () => {
    expect((await create({ displayName: "Crème Brûlée №1" })).ref).toBe("creme-brulee-no1");
    expect((await create({ displayName: "数据库" })).ref).toBe("project");
    expect((await create({ displayName: "مشروع" })).ref).toBe("project-2");
  });

  it("names the field of a reference or a port that is taken, also while its project is in the trash", async () => {
    await create();
    await put("deleted");
    await expectRefused(() => create({ ref }), { code: "ref-taken", fields: ["ref"] });
    await expectRefused(() => create({ gatewayPort: 8100 }), { code: "port-taken", fields: ["gatewayPort"] });
    await expectRefused(() => create({ gatewayPort: 15432 }), { code: "port-taken", fields: ["gatewayPort"] });
  });

  it.each([
    [{ displayName: "" }, "displayName"],
    [{ displayName: "x".repeat(500) }, "displayName"],
    [{ displayName: "two\nlines" }, "displayName"],
    [{ displayName: "evil \u202e txt" }, "displayName"],
    [{ ref: "Shop" }, "ref"],
    [{ ref: "-shop" }, "ref"],
    [{ ref: "a".repeat(41) }, "ref"],
    [{ ref: "$(id)" }, "ref"],
    [{ gatewayPort: 80 }, "gatewayPort"],
    [{ gatewayPort: 65536 }, "gatewayPort"],
    [{ gatewayPort: 8100.5 }, "gatewayPort"],
    [{ gatewayPort: "8100; id" }, "gatewayPort"],
    [{ bindAddress: "example.com" }, "bindAddress"],
    [{ bindAddress: "127.0.0.1; id" }, "bindAddress"],
    [{ postgresPassword: "short" }, "postgresPassword"],
    [{ postgresPassword: "with spaces and 'quotes'" }, "postgresPassword"],
    [{ release: "v9.9.9" }, "release"],
    [{ services: ["db"] }, "services"],
    [{ services: ["db", "api-gw", "auth", "rest", "studio"] }, "services"],
  ])("refuses %j by the name of the field and writes nothing", async (more, field) => {
    await expectRefused(() => create(more as never), { code: "invalid", fields: [field] });
  });

  it("gives each of many simultaneous wishes through two processes its own reference, ports and subnet", async () => {
    const other = await openStore({ url: `file:${scene.path}` });
    const contexts = [scene.ctx(), { ...scene.ctx(), store: other }];
    const made = await Promise.all(Array.from({ length: 8 }, (_nothing, count) => createProject(contexts[count % 2] ?? scene.ctx(), { displayName: "Shop" })));
    await other.close();
    expect(new Set(made.map((project) => project.ref)).size).toBe(8);
    const ports = await scene.store.db.portAllocation.findMany();
    expect(new Set(ports.map((row) => row.port)).size).toBe(24);
    expect(new Set((await scene.store.db.subnetAllocation.findMany()).map((row) => row.subnet)).size).toBe(8);
  });

  it("chooses again when the unique index says that another wish was faster, and names the field when the choice was the person's", async () => {
    const ctx = scene.ctx();
    let isFirst = true;
    const racing = { ...ctx, store: { ...ctx.store, transaction: async <T>(fn: Parameters<typeof ctx.store.transaction<T>>[0]): Promise<T> => {
      if (!isFirst) return ctx.store.transaction(fn);
      isFirst = false;
      await createProject(ctx, { displayName: "Faster", ref: "faster" });
      throw Object.assign(new Error("Unique constraint failed"), { code: "P2002" });
    } } };
    const { projectId } = await createProject(racing, { displayName: "Slower" });
    expect((await scene.store.db.portAllocation.findMany({ where: { projectId } })).map((row) => row.port).sort()).toEqual([15433, 16544, 8101]);
    isFirst = true;
    await scene.store.db.project.deleteMany({ where: { ref: "faster" } });
    await expect(createProject(racing, { displayName: "Slower", ref: "faster" })).rejects.toMatchObject({ code: "ref-taken", fields: { ref: "The reference faster is taken." } });
  });

  it("says that the worker has to be started while no engine is registered", async () => {
    await scene.store.db.host.deleteMany();
    await expectRefused(() => create(), { code: "no-engine" });
  });
});
