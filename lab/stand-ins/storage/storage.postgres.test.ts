import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StorageClient } from "@supabase/storage-js";
import { SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Database } from "../serving/database";
import { startScratchPostgres, type ScratchPostgres } from "../serving/scratch-postgres.fixture";
import { serveForTest } from "../serving/serve-for-test.fixture";
import { readConfig } from "./config";
import { FileBackend } from "./files";
import { storageRoutes, storageServeOptions } from "./routes";
import { migrate } from "./schema";

const secret = "a-shared-secret-of-forty-characters-0001";
const sign = (claims: Record<string, unknown>) => new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).setExpirationTime("1h").sign(new TextEncoder().encode(secret));

let postgres: ScratchPostgres;
let admin: Database;
let database: Database;
let folder: string;
let served: Awaited<ReturnType<typeof serveForTest>>;
let service: StorageClient;
let bucket: string;

const clientOf = (token: string) => new StorageClient(served.url, { authorization: `Bearer ${token}` });

beforeAll(async () => {
  postgres = await startScratchPostgres();
  folder = mkdtempSync(join(tmpdir(), "lab-storage-"));
  admin = new Database({ url: postgres.url("supabase_admin"), applicationName: "test", maxConnections: 1 });
  database = new Database({ url: postgres.url("supabase_storage_admin"), applicationName: "test", maxConnections: 4 });
  await database.prepare(migrate);
  await admin.query("create policy own on storage.objects for all to authenticated using (owner_id = (current_setting('request.jwt.claims')::json ->> 'sub')) with check (owner_id = (current_setting('request.jwt.claims')::json ->> 'sub'))");
  const config = readConfig({ AUTH_JWT_SECRET: secret, FILE_SIZE_LIMIT: "1000", DATABASE_URL: postgres.url("supabase_storage_admin"), FILE_STORAGE_BACKEND_PATH: folder });
  served = await serveForTest(storageRoutes({ config, database, files: new FileBackend(config.root) }), storageServeOptions);
  service = clientOf(await sign({ role: "service_role" }));
});
afterAll(async () => {
  served.close();
  await Promise.all([admin.close(), database.close()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  bucket = `b-${randomUUID()}`;
  expect((await service.createBucket(bucket)).error).toBeNull();
});

const filesOf = () => (existsSync(join(folder, "stub/stub", bucket)) ? readdirSync(join(folder, "stub/stub", bucket), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length : 0);

describe("the project's own policies decide", () => {
  it("a user reaches its own objects and nobody else's, by none of the ways", async () => {
    const [ann, bob] = await Promise.all([sign({ role: "authenticated", sub: randomUUID() }), sign({ role: "authenticated", sub: randomUUID() })]);
    expect((await clientOf(ann).from(bucket).upload("note.txt", "hers")).error).toBeNull();
    const theirs = clientOf(bob).from(bucket);
    expect((await theirs.download("note.txt")).error).not.toBeNull();
    expect((await theirs.list()).data).toEqual([]);
    expect((await theirs.createSignedUrl("note.txt", 60)).error).not.toBeNull();
    expect((await theirs.remove(["note.txt"])).data).toEqual([]);
    expect((await theirs.upload("note.txt", "his", { upsert: true })).error).not.toBeNull();
    expect(await (await clientOf(ann).from(bucket).download("note.txt")).data?.text()).toBe("hers");
  });

  it("a refused upload leaves neither row nor file", async () => {
    const anon = clientOf(await sign({ role: "anon" }));
    expect((await anon.from(bucket).upload("x.txt", "x")).error).toMatchObject({ statusCode: "403" });
    expect([(await service.from(bucket).list()).data, filesOf()]).toEqual([[], 0]);
  });

  it("anon may ask for buckets and sees none", async () => {
    expect(await clientOf(await sign({ role: "anon" })).listBuckets()).toEqual({ data: [], error: null });
  });

  it("without a key the answer is 400, with a forged one too", async () => {
    const forged = await fetch(`${served.url}/bucket`, { headers: { authorization: "Bearer a.b.c" } });
    expect([(await fetch(`${served.url}/bucket`)).status, forged.status]).toEqual([400, 400]);
  });
});

describe("objects", () => {
  it("a replaced object keeps its id, shows the new content and leaves one file", async () => {
    const objects = service.from(bucket);
    const first = await objects.upload("a/b.txt", "one");
    const second = await objects.upload("a/b.txt", new Blob(["two"], { type: "text/plain" }), { upsert: true });
    expect(second.data?.id).toBe(first.data?.id);
    expect(await (await objects.download("a/b.txt")).data?.text()).toBe("two");
    expect(filesOf()).toBe(1);
  });

  it("an object above the limit is refused, in either form of upload", async () => {
    const tooMuch = new Uint8Array(1_001);
    for (const body of [tooMuch, new Blob([tooMuch])]) expect((await service.from(bucket).upload("big", body)).error).toMatchObject({ statusCode: "413" });
    expect(filesOf()).toBe(0);
  });

  it("a signed address opens its own object and no other, and not for writing", async () => {
    const objects = service.from(bucket);
    await objects.upload("a.txt", "a");
    await objects.upload("b.txt", "b");
    const { data } = await objects.createSignedUrl("a.txt", 60);
    const url = new URL(data?.signedUrl ?? "");
    expect(await (await fetch(url)).text()).toBe("a");
    expect((await fetch(`${served.url}/object/sign/${bucket}/b.txt${url.search}`)).status).toBe(400);
    expect((await objects.uploadToSignedUrl("a.txt", url.searchParams.get("token") ?? "", "x")).error).not.toBeNull();
  });

  it("an address signed for upload takes one object without a key", async () => {
    const { data } = await service.from(bucket).createSignedUploadUrl("in.txt");
    const stranger = new StorageClient(served.url).from(bucket);
    expect((await stranger.uploadToSignedUrl("other.txt", data?.token ?? "", "x")).error).not.toBeNull();
    expect((await stranger.uploadToSignedUrl("in.txt", data?.token ?? "", "x")).error).toBeNull();
  });

  it("a moved object is at its new place only, a copied one at both", async () => {
    const objects = service.from(bucket);
    await objects.upload("a.txt", "a");
    await objects.move("a.txt", "m/b.txt");
    await objects.copy("m/b.txt", "c.txt");
    expect([(await objects.exists("a.txt")).data, (await objects.exists("m/b.txt")).data, (await objects.exists("c.txt")).data]).toEqual([false, true, true]);
    expect((await objects.list()).data?.map((entry) => entry.name)).toEqual(["m", "c.txt"]);
  });

  it("anybody reads from a public bucket and nobody from a private one", async () => {
    await service.from(bucket).upload("p.txt", "seen");
    const { publicUrl } = service.from(bucket).getPublicUrl("p.txt").data;
    expect((await fetch(publicUrl)).status).toBe(400);
    await service.updateBucket(bucket, { public: true });
    expect(await (await fetch(publicUrl)).text()).toBe("seen");
  });

  it("a bucket goes only when it is empty, and takes its files with it", async () => {
    await service.from(bucket).upload("a.txt", "a");
    expect((await service.deleteBucket(bucket)).error).not.toBeNull();
    await service.emptyBucket(bucket);
    expect([(await service.deleteBucket(bucket)).error, filesOf()]).toEqual([null, 0]);
  });
});
