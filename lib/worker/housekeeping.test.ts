import { expect, test } from "vitest";
import { makeStoreFile } from "@/lib/adapters/store/store-file.fixture";
import { sweepOnce } from "./housekeeping";

const now = new Date("2026-03-01T00:00:00Z");
const quiet = { info: () => undefined, warn: () => undefined };
const noExports = { sweep: () => Promise.resolve() };

test("rows that are of no use any more go, the others stay", async () => {
  const store = await (await makeStoreFile()).open();
  const ago = (days: number) => new Date(now.getTime() - days * 24 * 3_600_000);
  for (const [id, age] of [["old", 3], ["new", 1]] as const) await store.db.idempotencyKey.create({ data: { id, actorId: "a", key: id, requestHash: "h", status: 200, bodyJson: "{}", createdAt: ago(age) } });
  for (const [id, age] of [["old", 31], ["new", 29]] as const) await store.db.oneTimeLink.create({ data: { id, kind: "setup", tokenHash: id, createdAt: ago(age), expiresAt: ago(age) } });
  await store.db.throttleBucket.create({ data: { key: "blocked", failures: 9, windowStartedAt: ago(5), blockedUntil: new Date(now.getTime() + 1) } });
  await store.db.throttleBucket.create({ data: { key: "old", failures: 1, windowStartedAt: ago(5) } });
  await sweepOnce({ store, exports: noExports, now: () => now, log: quiet });
  expect((await store.db.idempotencyKey.findMany()).map(({ id }) => id)).toEqual(["new"]);
  expect((await store.db.oneTimeLink.findMany()).map(({ id }) => id)).toEqual(["new"]);
  expect((await store.db.throttleBucket.findMany()).map(({ key }) => key)).toEqual(["blocked"]);
});
