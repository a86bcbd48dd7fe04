import { expect, test } from "vitest";
import { onPostgres } from "@/lib/adapters/store/two-stores.fixture";
import type { Store } from "@/lib/adapters/store/types";
import { leaveInstallation } from "./account";
import { auditCsv, listAudit } from "./audit-log";
import { ConflictError, LimitExceededError } from "./errors";
import { openScene, passwordOfAll } from "./people.fixture";
import { createSetUpLink, redeemSetUp } from "./set-up";
import { signIn, signOut } from "./sign-in";
import { createToken } from "./tokens";

/** People, sessions and the audit log with the store in PostgreSQL, where writes of several processes run side by side. */

const on = onPostgres(openScene);

const onOther = <C extends { store: Store }>(ctx: C, index: number): C => (index % 2 === 0 ? ctx : { ...ctx, store: on.another });
const ada = { name: "Ada", email: "ada@example.com", password: passwordOfAll };
const refusals = (results: PromiseSettledResult<unknown>[]) => results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));

test("a set-up link that is opened many times at once makes one owner", async () => {
  const { link } = await createSetUpLink(on.scene.cli, { panelUrl: "http://panel.localhost:3000" });
  const token = new URL(link).hash.slice(1);
  const results = await Promise.allSettled(Array.from({ length: 6 }, (_, index) => redeemSetUp(onOther(on.scene.anonymous(), index), { ...ada, email: `ada${index}@example.com`, token })));
  expect(refusals(results)).toHaveLength(5);
  expect(await on.scene.store.db.user.count()).toBe(1);
});

test("a person signs in, makes a token and signs out, and the audit log can be filtered, paged and written as CSV", async () => {
  const userId = await on.scene.addPerson("Ada", "owner");
  const { sid } = await signIn(on.scene.anonymous(), { email: ada.email, password: ada.password, userAgent: "Firefox" });
  const ctx = await on.scene.signedIn(userId);
  const { token } = await createToken(ctx, { name: "CI", role: "viewer", projectRefs: null, scopes: [], expiresInDays: 30 });
  expect(await on.scene.nextRequest({ kind: "token", token })).toMatchObject({ kind: "token", userId });
  await signOut(on.scene.anonymous(), { sid });
  const all = await listAudit(ctx);
  expect(all.items.map(({ action }) => action).sort()).toEqual(["session.sign-in", "session.sign-out", "token.create"]);
  expect((await listAudit(ctx, { action: "session." })).items).toHaveLength(2);
  const first = await listAudit(ctx, { limit: 2 });
  const rest = await listAudit(ctx, { limit: 2, cursor: first.nextCursor ?? undefined });
  expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(all.items.map(({ id }) => id));
  let csv = "";
  for await (const part of auditCsv(ctx, {})) csv += part;
  expect(csv).toContain("session.sign-out");
});

test("a burst of guesses from two processes is counted before it is judged", async () => {
  await on.scene.addPerson("Ada", "viewer");
  const guess = (index: number) => signIn(onOther(on.scene.anonymous(), index), { email: ada.email, password: "not the password", userAgent: "Firefox" });
  const results = refusals(await Promise.allSettled(Array.from({ length: 12 }, (_, index) => guess(index))));
  expect(results.filter((error) => error instanceof LimitExceededError)).toHaveLength(7);
});

test("of two owners that leave at once, one stays", async () => {
  const people = [await on.scene.addPerson("Ada", "owner"), await on.scene.addPerson("Bob", "owner")];
  const contexts = await Promise.all(people.map((userId) => on.scene.signedIn(userId)));
  const results = await Promise.allSettled(contexts.map((ctx, index) => leaveInstallation(onOther(ctx, index))));
  expect(refusals(results)).toEqual([expect.any(ConflictError)]);
  expect(await on.scene.store.db.user.count({ where: { installationRole: "owner", removedAt: null } })).toBe(1);
});
