import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { InstallationRole, ProjectRole, TokenScope } from "@/lib/access/actor";
import { addSession, openScene, type Scene } from "@/lib/access/people.fixture";
import { isRoleAtLeast, permissions, type Permission } from "@/lib/access/permissions";
import { apiTokenPrefix, hashSecretText, randomText } from "@/lib/access/secret-text";
import type { Access } from "@/lib/server/route-table";
import { useStore as putStore } from "@/lib/server/store";
import { cookieOf } from "@/lib/server/web.fixture";

/** Who walks through the panel, and what the repository holds that can be walked through. */

const root = process.cwd();
export type Walker = {
  name: string;
  claim: "none" | "session" | "token";
  installationRole: InstallationRole;
  /** Role on the project `shop`. */
  projectRole: ProjectRole | null;
  scopes: readonly TokenScope[];
};

const person = (name: string, installationRole: InstallationRole, projectRole: ProjectRole | null = null): Walker => ({ name, claim: "session", installationRole, projectRole, scopes: [] });
const token = (name: string, role: InstallationRole, scopes: readonly TokenScope[] = []): Walker => ({ name, claim: "token", installationRole: role, projectRole: null, scopes });

export const walkers: readonly Walker[] = [
  { name: "nobody", claim: "none", installationRole: "none", projectRole: null, scopes: [] },
  person("stranger", "none"), person("viewer", "viewer"), person("operator", "operator"), person("admin", "admin"), person("owner", "owner"),
  person("project viewer", "none", "viewer"), person("project operator", "none", "operator"), person("project admin", "none", "admin"),
  token("read token", "viewer"), token("write token", "admin"), token("write token with every scope", "admin", ["reveal", "export", "delete", "roles"]),
];

export type Expected = "let in" | "unauthenticated" | "forbidden" | "not found" | "password";

/** What the table of roles says, worked out here by itself, without the code that the panel judges with. */
export function expectedFor(walker: Walker, access: Access, options: { isReading: boolean; isPasswordFresh: boolean }): Expected {
  if (access === "public") return "let in";
  if (walker.claim === "none") return "unauthenticated";
  if (access === "signed-in") return "let in";
  if (access === "person") return walker.claim === "token" ? "forbidden" : "let in";
  const rule = permissions[access];
  const onProject = walker.projectRole !== null && isRoleAtLeast(walker.projectRole, walker.installationRole) ? walker.projectRole : walker.installationRole;
  const role = rule.over === "project" ? onProject : walker.installationRole;
  // Copying a project takes a role on the installation, and none of it for somebody who does not even see the project.
  const isHidden = rule.over === "project" || access === "project.duplicate";
  if (isHidden && onProject === "none") return "not found";
  if (!isRoleAtLeast(role, rule.lowest)) return "forbidden";
  if (walker.claim === "token") return isTokenAllowed(rule.tokenScope, walker.scopes) ? "let in" : "forbidden";
  return rule.needsPassword && !options.isReading && !options.isPasswordFresh ? "password" : "let in";
}

function isTokenAllowed(needed: (typeof permissions)[Permission]["tokenScope"], scopes: readonly TokenScope[]): boolean {
  if (needed === null) return true;
  return needed !== "never" && scopes.includes(needed);
}

export type WalkScene = Scene & { projectId: string; operationId: string; functionName: string };

/** A store with one project, one operation that has ended, and an id of its own. */
export async function openWalkScene(): Promise<WalkScene> {
  const scene = await openScene();
  scene.clock.now = new Date();
  putStore(scene.store);
  const projectId = await scene.addProject("shop");
  const { db } = scene.store;
  await db.installationSetting.create({ data: { key: "instanceId", valueJson: '"walkinstance"', updatedAt: scene.clock.now } });
  const operationId = "walkoperation";
  await db.operation.create({
    data: {
      id: operationId, kind: "project.export", projectId, inputJson: "{}", status: "done", priority: 0, runAfter: scene.clock.now, attempt: 1, maxAttempts: 1, actorJson: JSON.stringify({ kind: "system", name: "Walk" }),
      createdAt: scene.clock.now, startedAt: scene.clock.now, finishedAt: scene.clock.now,
    },
  });
  return { ...scene, projectId, operationId, functionName: "hello" };
}

let count = 0;
const known = new Map<string, Record<string, string>>();

/** Headers by which a walker shows who it is. `isSpent`: a new account, because the call ends it or its sessions. */
export async function headersOf(scene: WalkScene, walker: Walker, options: { isPasswordFresh: boolean; isSpent: boolean }): Promise<Record<string, string>> {
  const key = `${walker.name} ${options.isPasswordFresh}`;
  const headers = (options.isSpent ? undefined : known.get(key)) ?? (await makeAccount(scene, walker, options.isPasswordFresh));
  if (!options.isSpent) known.set(key, headers);
  return headers;
}

async function makeAccount(scene: WalkScene, walker: Walker, isPasswordFresh: boolean): Promise<Record<string, string>> {
  if (walker.claim === "none") return {};
  const userId = await scene.addPerson(`walker ${++count}`, walker.claim === "token" ? "owner" : walker.installationRole, walker.projectRole === null ? {} : { [scene.projectId]: walker.projectRole });
  if (walker.claim === "token") return { authorization: `Bearer ${await addToken(scene, userId, walker)}` };
  const provedAt = isPasswordFresh ? scene.clock.now : new Date(scene.clock.now.getTime() - 3_600_000);
  const sid = await addSession(scene.store, scene.clock.now, userId);
  await scene.store.db.session.updateMany({ where: { userId }, data: { passwordProvedAt: provedAt } });
  return { cookie: await cookieOf(sid) };
}

async function addToken(scene: WalkScene, userId: string, walker: Walker): Promise<string> {
  const text = `${apiTokenPrefix}${randomText()}`;
  const { now } = scene.clock;
  await scene.store.db.apiToken.create({
    data: {
      id: `walktoken${++count}`, userId, name: walker.name, prefix: text.slice(0, 9), tokenHash: await hashSecretText(text), role: walker.installationRole, projectIdsJson: null, scopesJson: JSON.stringify(walker.scopes), createdAt: now,
      expiresAt: new Date(now.getTime() + 24 * 3_600_000),
    },
  });
  return text;
}

/** Files of the repository below `folder` whose path matches. */
export function findFiles(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)).filter((name) => pattern.test(name)).toSorted();
}

export function readSource(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** `app/(panel)/projects/[ref]/page.tsx` → `/projects/[ref]`. */
export function toRoutePath(file: string): string {
  const parts = relative("app", file).split(sep).slice(0, -1).filter((part) => !/^\(.*\)$/.test(part));
  return `/${parts.join("/")}`;
}

/** `/api/v1/projects/[ref]` → `/api/v1/projects/{ref}`, as the table of handlers writes it. */
export function toHandlerPath(file: string): string {
  return toRoutePath(file).replaceAll("[", "{").replaceAll("]", "}");
}
