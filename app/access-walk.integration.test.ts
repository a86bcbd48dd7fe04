import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ActResult } from "@/components/act/act-result";
import { permissions, type PermissionRule } from "@/lib/access/permissions";
import { actions, handlers, pages, type Access, type ActionName, type HandlerName, type PagePath } from "@/lib/server/route-table";
import { panelUrl, prepareWebEnvironment } from "@/lib/server/web.fixture";
import { actionInputs, bodies, paramsOf, prepareTargets, queries, spending } from "./access-walk-inputs.fixture";
import { expectedFor, findFiles, headersOf, openWalkScene, readSource, toHandlerPath, toRoutePath, walkers, type Expected, type Walker, type WalkScene } from "./access-walk.fixture";

/** Every way into the panel, tried by everyone, against the table of routes and the table of roles. */

const sent = vi.hoisted(() => ({ headers: new Headers() }));
class Redirected extends Error {}
class NothingThere extends Error {}

vi.mock("next/headers", () => ({
  headers: () => Promise.resolve(sent.headers),
  cookies: () => Promise.resolve({ get: () => undefined, getAll: () => [] }),
}));
vi.mock("next/navigation", async (original) => ({
  ...(await original<Record<string, unknown>>()),
  redirect: (to: string) => {
    throw new Redirected(to);
  },
  notFound: () => {
    throw new NothingThere();
  },
}));

// Guessing is none of this test's concern: with the real hash most of its time would be spent on it.
vi.mock("@/lib/adapters/vault/password-hash", async () => {
  const { cheapPasswords } = await import("@/lib/access/people.fixture");
  return { openPasswordHash: () => cheapPasswords };
});

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const pageFiles = findFiles("app", /\/page\.tsx$|^app\/page\.tsx$/);
const routeFiles = findFiles("app", /\/route\.tsx?$/);
const actionFiles = [...findFiles("app", /\.tsx?$/), ...findFiles("components", /\.tsx?$/), ...findFiles("lib", /\.tsx?$/)].filter((path) => /^\s*["']use server["']/m.test(readSource(path)) && !/\.(test|fixture)\.tsx?$/.test(path));
const actionPattern = /export const (\w+) = action\(\s*"([^"]+)"/g;

type Handler = (request: Request, context: { params: Promise<Record<string, string | string[]> | undefined> }) => Promise<Response>;
type Page = (props: { params: Promise<Record<string, string | string[]>>; searchParams: Promise<Record<string, string>> }) => Promise<unknown>;
type Act = (input: unknown) => Promise<ActResult<unknown>>;

const load = async <Module>(path: string): Promise<Module> => (await import(/* @vite-ignore */ `${process.cwd()}/${path}`)) as Module;

async function loadHandlers(): Promise<Map<string, Handler>> {
  const found = new Map<string, Handler>();
  for (const file of routeFiles) {
    const module = await load<Record<string, Handler>>(file);
    for (const [method, run] of Object.entries(module)) if (methods.includes(method)) found.set(`${method} ${toHandlerPath(file)}`, run);
  }
  return found;
}

async function loadActions(): Promise<Map<string, Act>> {
  const found = new Map<string, Act>();
  for (const file of actionFiles) {
    const module = await load<Record<string, Act>>(file);
    for (const [, name = "", literal = ""] of readSource(file).matchAll(actionPattern)) if (module[name] !== undefined) found.set(literal, module[name]);
  }
  return found;
}

let scene: WalkScene;
beforeAll(async () => {
  const removeEnvironment = prepareWebEnvironment();
  scene = await openWalkScene();
  return removeEnvironment;
});
afterAll(() => scene.close());

describe("the route table", () => {
  it("names every page of the repository, and no other", () => {
    expect(pageFiles.map(toRoutePath).toSorted()).toEqual(Object.keys(pages).toSorted());
  });

  it("names every handler of the repository by its method, and no other", async () => {
    expect([...(await loadHandlers()).keys()].toSorted()).toEqual(Object.keys(handlers).toSorted());
  });

  it("names every action of the repository once, and no other", () => {
    const literals = actionFiles.flatMap((file) => [...readSource(file).matchAll(actionPattern)].map(([, , literal]) => literal));
    expect(literals.toSorted()).toEqual(Object.keys(actions).toSorted());
  });

  it("is the only way to a server action: a file of actions exports nothing else", () => {
    for (const file of actionFiles) {
      const exported = [...readSource(file).matchAll(/^export\b.*$/gm)].map(([line]) => line);
      for (const line of exported) expect(line, file).toMatch(/^export (?:const \w+ = action\(|type )/);
    }
  });
});

describe.each([{ isPasswordFresh: true, when: "with the password typed just now" }, { isPasswordFresh: false, when: "an hour after the password was typed" }])("everyone, $when", ({ isPasswordFresh }) => {
  it.each(namesFor(handlers, isPasswordFresh))("gets at %s what the table says", { timeout: 60_000 }, async (name) => {
    const run = (await loadHandlers()).get(name);
    const [method = "", path = ""] = name.split(" ");
    for (const walker of walkers) {
      const isReading = method === "GET" && !readingWithPassword.includes(name);
      expect(await callHandler(run, { name, method, path, walker, isPasswordFresh }), `${walker.name} at ${name}`).toBe(expectedFor(walker, handlers[name], { isReading, isPasswordFresh }));
    }
  });

  it.each(namesFor(actions, isPasswordFresh))("gets from the action %s what the table says", { timeout: 60_000 }, async (name) => {
    const act = (await loadActions()).get(name);
    for (const walker of walkers) {
      const expected = expectedFor(asSeenByPages(walker), actions[name], { isReading: false, isPasswordFresh });
      const isAsked = expected === "let in" && !isPasswordFresh && personalWithPassword.includes(name);
      expect(await callAction(act, { name, walker, isPasswordFresh }), `${walker.name} at ${name}`).toBe(isAsked ? "password" : expected);
    }
  });
});

/** A download reads only, and yet asks for the password: what it holds is a secret. */
const readingWithPassword: readonly string[] = ["GET /api/v1/operations/{id}/download"];
/** Acts on one's own account that ask for the password as well. */
const personalWithPassword: readonly string[] = ["account.leave"];

/** How fresh the password is can only matter where the table asks for it. */
function namesFor<Name extends string>(table: Readonly<Record<Name, Access>>, isPasswordFresh: boolean): Name[] {
  const names = Object.keys(table) as Name[];
  const asks = (name: Name) => [...readingWithPassword, ...personalWithPassword].includes(name) || ruleOf(table[name])?.needsPassword === true;
  return isPasswordFresh ? names : names.filter(asks);
}

function ruleOf(access: Access): PermissionRule | undefined {
  return access === "public" || access === "signed-in" || access === "person" ? undefined : permissions[access];
}

/** Pages and their actions are for people: a token is nobody there. */
function asSeenByPages(walker: Walker): Walker {
  return walker.claim === "token" ? { ...walker, claim: "none" } : walker;
}

describe("pages", () => {
  it.each(Object.keys(pages) as PagePath[])("%s opens for whom the table says", { timeout: 60_000 }, async (path) => {
    const file = pageFiles.find((one) => toRoutePath(one) === path);
    const { default: page } = await load<{ default: Page }>(file ?? "");
    for (const walker of walkers) {
      const expected = expectedFor(asSeenByPages(walker), pages[path], { isReading: true, isPasswordFresh: true });
      // A page that somebody may not see does not exist for them.
      expect(await openPageAs(page, path, walker), `${walker.name} at ${path}`).toBe(expected === "forbidden" ? "not found" : expected);
    }
  });
});

async function openPageAs(page: Page, path: PagePath, walker: Walker): Promise<Expected> {
  sent.headers = new Headers(await headersOf(scene, walker, { isPasswordFresh: true, isSpent: false }));
  const prepared = await prepareTargets(scene, path);
  const params = path === "/operations/[id]" ? { id: isOperationSeen(walker) ? scene.operationId : "unknown-to-nobody" } : paramsOf(path, prepared);
  try {
    await page({ params: Promise.resolve(params), searchParams: Promise.resolve({}) });
    return "let in";
  } catch (error) {
    if (error instanceof NothingThere) return path === "/operations/[id]" && !isOperationSeen(walker) ? "let in" : "not found";
    if (error instanceof Redirected && error.message.startsWith("/sign-in")) return pages[path] === "public" ? "let in" : "unauthenticated";
    if (error instanceof Redirected) return "let in";
    throw error;
  }
}

/** The page of an operation is open to anyone signed in, and shows only operations of projects they see. */
function isOperationSeen(walker: Walker): boolean {
  return walker.installationRole !== "none" || walker.projectRole !== null;
}

type ActionCall = { name: ActionName; walker: Walker; isPasswordFresh: boolean };

async function callAction(act: Act | undefined, { name, walker, isPasswordFresh }: ActionCall): Promise<Expected> {
  if (act === undefined) throw new Error(`There is no action ${name}.`);
  sent.headers = new Headers({ origin: panelUrl, "sec-fetch-site": "same-origin", ...(await headersOf(scene, walker, { isPasswordFresh, isSpent: spending.includes(name) })) });
  const prepared = await prepareTargets(scene, name);
  const result = await act({ ref: prepared.ref, operationId: prepared.operationId, ...(actionInputs[name]?.(prepared) ?? {}) });
  return toExpected(result.ok ? "ok" : result.error.code, { isNotFoundARefusal: isAboutProject(actions[name]) });
}

type HandlerCall = { name: HandlerName; method: string; path: string; walker: Walker; isPasswordFresh: boolean };

async function callHandler(run: Handler | undefined, { name, method, path, walker, isPasswordFresh }: HandlerCall): Promise<Expected> {
  if (run === undefined) throw new Error(`There is no handler ${name}.`);
  const prepared = await prepareTargets(scene, name);
  const params = paramsOf(path, prepared);
  const body = bodies[name]?.(prepared);
  const headers = { origin: panelUrl, ...(body === undefined ? {} : { "content-type": "application/json" }), ...(await headersOf(scene, walker, { isPasswordFresh, isSpent: spending.includes(name) })) };
  const stop = new AbortController();
  const request = new Request(`${panelUrl}/api/walk${queries[name] ?? ""}`, { method, headers, signal: stop.signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  // Next gives no params at all to a route without a part in brackets.
  const response = await run(request, { params: Promise.resolve(Object.keys(params).length === 0 ? undefined : params) });
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  const code = response.ok || isStream ? "ok" : ((await response.json()) as { code?: string }).code ?? "ok";
  if (isStream) await response.body?.cancel();
  stop.abort();
  return toExpected(code, { isNotFoundARefusal: isAboutProject(handlers[name]) });
}

function isAboutProject(access: string): boolean {
  return !["public", "signed-in", "person"].includes(access) && !access.startsWith("team.") && !access.startsWith("installation.");
}

/** A refusal by its code; whatever else stops an act came after the gate. A missing row is a refusal only where projects are hidden. */
function toExpected(code: string, { isNotFoundARefusal }: { isNotFoundARefusal: boolean }): Expected {
  if (code === "unauthenticated" || code === "forbidden") return code;
  if (code === "password-required") return "password";
  if (code === "not-found") return isNotFoundARefusal ? "not found" : "let in";
  if (code === "internal") throw new Error("A call of the walk ended in a defect.");
  return "let in";
}
