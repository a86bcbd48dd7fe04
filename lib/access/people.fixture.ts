import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { customAlphabet } from "nanoid";
import { migrateStore } from "@/lib/adapters/store/migrate";
import { openStore } from "@/lib/adapters/store/open-store";
import type { Store } from "@/lib/adapters/store/types";
import type { Actor, InstallationRole, ProjectRole } from "./actor";
import { loadClaimActor } from "./load-actor";
import type { PasswordPort } from "./password-port";
import { hashSecretText, randomText } from "./secret-text";
import type { AccessContext } from "./verb-context";

/** A real store in a folder of its own, with people in it, for the tests of access. */

export const passwordOfAll = "correct horse battery";

/** A cheap stand-in for scrypt, with the same promises. */
export const cheapPasswords: PasswordPort = {
  hash: (password) => Promise.resolve(`cheap$${password}`),
  verify: (password, hash) => Promise.resolve({ isValid: hash === `cheap$${password}`, needsRehash: false }),
  verifyNobody: () => Promise.resolve(false),
};

export type Scene = Awaited<ReturnType<typeof openScene>>;

const newId = customAlphabet("abcdefghijklmnopqrstuvwxyz0123456789", 20);

/** Opens a migrated, empty store and a clock that stands still until it is moved. */
export async function openScene(options: { storeUrl?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "basehold-access-"));
  const url = options.storeUrl ?? `file:${join(folder, "store", "basehold.sqlite")}`;
  await migrateStore({ url, backupsFolder: join(folder, "backups") });
  const store = await openStore({ url });
  const clock = { now: new Date("2026-03-01T12:00:00Z") };
  const context = (actor: Actor): AccessContext => ({ store, actor, now: () => new Date(clock.now), newId, seal: (text) => Promise.resolve(`sealed:${text.length}`), passwords: cheapPasswords });
  return {
    store,
    url,
    clock,
    advance: (ms: number) => void (clock.now = new Date(clock.now.getTime() + ms)),
    context,
    anonymous: (ip: string | null = "203.0.113.7") => context({ kind: "user", userId: "", sessionId: "", name: "Nobody", email: "", installationRole: "none", projectRoles: {}, passwordProvedAt: new Date(0), ip }),
    cli: context({ kind: "cli", name: "basehold" }),
    addPerson: (name: string, role: InstallationRole, projects: Record<string, ProjectRole> = {}) => addPerson(store, clock.now, { name, role, projects }),
    addProject: (ref: string) => addProject(store, clock.now, ref),
    /** The context of somebody with a fresh session, loaded as for a request. */
    signedIn: async (userId: string) => {
      const sid = await addSession(store, clock.now, userId);
      return reload(store, context, { kind: "session", sid }, clock.now);
    },
    /** The same claim at its next request; null when it opens nothing any more. */
    nextRequest: async (claim: { kind: "session"; sid: string } | { kind: "token"; token: string }) => loadClaimActor(store.db, claim, { now: clock.now, ip: "203.0.113.7" }),
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function reload(store: Store, context: (actor: Actor) => AccessContext, claim: { kind: "session"; sid: string }, now: Date) {
  const actor = await loadClaimActor(store.db, claim, { now, ip: "203.0.113.7" });
  if (actor === null) throw new Error("The session does not open anything.");
  return { ...context(actor), claim };
}

/** A person whose password is `passwordOfAll`. */
export async function addPerson(store: Store, now: Date, person: { name: string; role: InstallationRole; projects: Record<string, ProjectRole> }): Promise<string> {
  const id = newId();
  await store.db.user.create({
    data: { id, email: `${person.name.toLowerCase().replaceAll(/[^a-z0-9]/g, "-")}@example.com`, name: person.name, passwordHash: await cheapPasswords.hash(passwordOfAll), installationRole: person.role, createdAt: now },
  });
  for (const [projectId, role] of Object.entries(person.projects)) await store.db.membership.create({ data: { id: newId(), userId: id, projectId, role, createdAt: now } });
  return id;
}

/** A session whose password was confirmed just now; returns what the cookie would carry. */
export async function addSession(store: Store, now: Date, userId: string): Promise<string> {
  const sid = randomText();
  await store.db.session.create({
    data: { id: newId(), tokenHash: await hashSecretText(sid), userId, createdAt: now, lastSeenAt: now, expiresAt: new Date(now.getTime() + 14 * 24 * 3_600_000), passwordProvedAt: now, ip: "203.0.113.7", userAgent: "test" },
  });
  return sid;
}

const settings = {
  displayName: "Shop", release: "v0.8.2", services: ["db", "api-gw", "auth", "rest"], bindAddress: "127.0.0.1", publicUrl: "http://127.0.0.1:8000",
  siteUrl: "http://localhost:3000", redirectUrls: [], smtp: null, isDirectDatabasePortOpen: false,
};

/** A ready project. */
export async function addProject(store: Store, now: Date, ref: string): Promise<string> {
  const id = newId().slice(0, 12);
  await store.db.host.upsert({ where: { id: "local" }, create: { id: "local", name: "local", endpoint: "", createdAt: now }, update: {} });
  await store.db.project.create({
    data: { id, ref, hostId: "local", displayName: ref, wish: "run", state: "ready", release: "v0.8.2", settingsJson: JSON.stringify({ ...settings, displayName: ref }), revision: 1, driftPolicy: "report", createdAt: now, readyAt: now },
  });
  const taken = await store.db.portAllocation.count();
  for (const [index, purpose] of ["gateway", "pooler-session", "pooler-transaction"].entries()) {
    await store.db.portAllocation.create({ data: { id: newId(), hostId: "local", port: 20_000 + taken + index, purpose, projectId: id } });
  }
  return id;
}
