import { customAlphabet } from "nanoid";
import type { Store } from "@/lib/adapters/store/types";
import type { SeededProject } from "./seed-projects";
import type { SeededPerson } from "./seed-store";

const newId = customAlphabet("abcdefghijklmnopqrstuvwxyz0123456789", 20);
const find = (projects: readonly SeededProject[], ref: string) => {
  const project = projects.find((item) => item.ref === ref);
  if (project === undefined) throw new Error(`The seed has no project ${ref}.`);
  return project;
};

const requests = [
  ["REST root without a key", "GET", "/rest/v1/", "none", "401"],
  ["REST root with a bogus key", "GET", "/rest/v1/", "bogus", "403"],
  ["REST root with anon", "GET", "/rest/v1/", "anon", "403"],
  ["REST root with the secret key", "GET", "/rest/v1/", "secret", "200"],
  ["Auth health", "GET", "/auth/v1/health", "publishable", "200"],
  ["Auth settings", "GET", "/auth/v1/settings", "publishable", "200"],
  ["Storage status", "GET", "/storage/v1/status", "publishable", "200"],
  ["Postgres meta is closed to anon", "GET", "/pg/", "anon", "403"],
  ["Realtime tenants are closed", "GET", "/realtime/v1/api/tenants", "secret", "403"],
  ["WebSocket upgrade", "GET", "/realtime/v1/websocket", "publishable", "101"],
  ["MCP is closed", "GET", "/api/mcp", "none", "403"],
  ["Studio asks for its password", "GET", "/", "none", "401"],
  ["Hello function", "POST", "/functions/v1/hello", "publishable", "200"],
] as const;

/** A contract run for every project that was ever ready; one of `ledger`'s requests fails. */
export async function seedContract(store: Store, projects: readonly SeededProject[], now: Date): Promise<void> {
  for (const project of projects) {
    if (["creating", "crm-staging"].includes(project.state) || project.ref === "crm-staging") continue;
    const results = requests.map(([title, method, path, credential, expected], index) => {
      const isPassed = !(project.ref === "ledger" && title === "Storage status");
      return { id: `r${index}`, title, method, path, credential, expected, received: isPassed ? expected : "503 upstream connect error", isPassed, durationMs: 6 + index * 3 };
    });
    await store.db.contractRun.create({ data: { id: newId(), projectId: project.id, at: new Date(now.getTime() - 600_000), isPassed: results.every((result) => result.isPassed), resultsJson: JSON.stringify(results) } });
  }
}

const createSteps = [
  ["reserve", "Reserve ports and network"],
  ["secrets", "Make keys and passwords"],
  ["images", "Fetch images"],
  ["network", "Make network and volumes"],
  ["services", "Start the services"],
  ["functions", "Put the functions in place"],
  ["prove", "Prove the contract from outside"],
] as const;

type OperationWish = { kind: string; project: SeededProject; status: string; at: number; actor: SeededPerson; steps: readonly (readonly [string, string])[]; reached: number; failure?: { sentence: string; service: string | null; evidence: string[] } };

async function addOperation(store: Store, wish: OperationWish, now: Date): Promise<string> {
  const id = newId();
  const startedAt = new Date(now.getTime() - wish.at);
  const isOver = !["running", "queued"].includes(wish.status);
  const errorJson = wish.failure === undefined ? null : JSON.stringify({ code: "failed", stepKey: null, isRetryable: true, ...wish.failure });
  await store.db.operation.create({
    data: {
      id, kind: wish.kind, projectId: wish.project.id, inputJson: "{}", status: wish.status, priority: 0, runAfter: startedAt, attempt: 1, maxAttempts: 3,
      actorJson: JSON.stringify({ kind: "user", userId: wish.actor.id, sessionId: "s", name: wish.actor.name, ip: null }), createdAt: startedAt, startedAt: wish.status === "queued" ? null : startedAt, finishedAt: isOver ? new Date(startedAt.getTime() + 42_000) : null, errorJson,
    },
  });
  for (const [ordinal, [key, title]] of wish.steps.entries()) {
    const status = ordinal < wish.reached ? "done" : ordinal > wish.reached || wish.status === "queued" ? "pending" : wish.status === "failed" ? "failed" : isOver ? "done" : "running";
    const from = new Date(startedAt.getTime() + ordinal * 3_000);
    await store.db.operationStep.create({
      data: { id: newId(), operationId: id, key, title, ordinal, status, attempt: 1, startedAt: status === "pending" ? null : from, finishedAt: status === "done" || status === "failed" ? new Date(from.getTime() + 2_400) : null, errorJson: status === "failed" ? errorJson : null },
    });
  }
  return id;
}

async function addEvents(store: Store, operationId: string, events: readonly [string, string, number | null, number | null][], now: Date): Promise<void> {
  for (const [seq, [stepKey, message, current, total]] of events.entries()) {
    await store.db.operationEvent.create({ data: { operationId, seq: seq + 1, at: new Date(now.getTime() - 60_000 + seq * 900), level: current === null ? "info" : "progress", stepKey, message, current, total } });
  }
}

/** Operations that run, failed and ended. */
export async function seedOperations(store: Store, projects: readonly SeededProject[], persons: readonly SeededPerson[], now: Date): Promise<void> {
  const [owner] = persons;
  if (owner === undefined) return;
  const megabytes = 1024 ** 2;
  const running = await addOperation(store, { kind: "project.create", project: find(projects, "brand-new"), status: "running", at: 21_000, actor: owner, steps: createSteps, reached: 2 }, now);
  await addEvents(store, running, [
    ["reserve", "Ports 8008, 15408 and 16508 and the network 10.201.3.64/26 are reserved.", null, null],
    ["secrets", "17 keys and passwords made and sealed.", null, null],
    ["images", "127.0.0.1:5055/supabase/postgres:17.6.1.064 is here.", null, null],
    ["images", "127.0.0.1:5055/supabase/gotrue:v2.186.0: downloading", 212 * megabytes, 934 * megabytes],
    ["images", "127.0.0.1:5055/supabase/gotrue:v2.186.0: extracting", 388 * megabytes, 934 * megabytes],
  ], now);
  const failed = await addOperation(store, {
    kind: "project.create", project: find(projects, "crm-staging"), status: "failed", at: 7_200_000, actor: owner, steps: createSteps, reached: 2,
    failure: { sentence: "The image 127.0.0.1:5055/supabase/storage-api:v1.61.12 could not be pulled: the registry answered 404.", service: null, evidence: ["manifest for 127.0.0.1:5055/supabase/storage-api:v1.61.12 not found: manifest unknown: manifest unknown"] },
  }, now);
  await addEvents(store, failed, [["images", "127.0.0.1:5055/supabase/storage-api:v1.61.12: not found", null, null]], now);
  await addOperation(store, {
    kind: "project.edit", project: find(projects, "blog"), status: "failed", at: 1_200_000, actor: owner, steps: createSteps.slice(2), reached: 2,
    failure: { sentence: "auth did not become healthy within 2 min.", service: "auth", evidence: ['{"level":"fatal","msg":"running db migrations: error executing migrations/20221208132122_backfill_email_last_sign_in_at.up.sql","time":"2026-03-01T12:00:01Z"}', "exit code 1"] },
  }, now);
  await addOperation(store, { kind: "project.delete", project: find(projects, "demo-day"), status: "running", at: 4_000, actor: owner, steps: [["stop", "Stop the containers"], ["remove", "Remove containers and network"], ["trash", "Put the data into the trash"]], reached: 1 }, now);
  await addOperation(store, { kind: "project.export", project: find(projects, "shop-eu"), status: "done", at: 86_400_000, actor: owner, steps: [["collect", "Collect settings and secrets"], ["pack", "Pack the folder"]], reached: 2 }, now);
  for (let count = 0; count < 3; count++) await addOperation(store, { kind: "project.prove", project: find(projects, "shop-eu"), status: "done", at: 3_600_000 * (count + 2), actor: owner, steps: [["prove", "Prove the contract from outside"]], reached: 1 }, now);
}

/** Audit rows of all kinds of actors. */
export async function seedActivity(store: Store, projects: readonly SeededProject[], persons: readonly SeededPerson[], now: Date): Promise<void> {
  const operations = await store.db.operation.findMany({ select: { id: true, kind: true, projectId: true, createdAt: true } });
  const refs = new Map(projects.map((project) => [project.id, project.ref]));
  const add = (data: { at: Date; actorKind: string; actorName: string; action: string; summary: string; projectId?: string | null; projectRef?: string | null; operationId?: string; ip?: string }) =>
    store.db.auditEntry.create({ data: { id: newId(), actorId: null, detailJson: "{}", ...data } });
  for (const operation of operations) {
    const ref = refs.get(operation.projectId ?? "") ?? null;
    await add({ at: operation.createdAt, actorKind: "user", actorName: persons[0]?.name ?? "", action: operation.kind, summary: `${operation.kind.split(".")[1] ?? ""} ${ref ?? ""}`.replace(/^./, (letter) => letter.toUpperCase()), projectId: operation.projectId, projectRef: ref, operationId: operation.id, ip: "203.0.113.7" });
  }
  const shop = find(projects, "shop-eu");
  const of = { projectId: shop.id, projectRef: shop.ref };
  for (let count = 0; count < 60; count++) {
    const person = persons[count % persons.length];
    await add({ at: new Date(now.getTime() - count * 5_400_000 - 1_000), actorKind: count % 7 === 0 ? "token" : "user", actorName: person?.name ?? "", action: count % 3 === 0 ? "secret.reveal" : "session.create", summary: count % 3 === 0 ? "Reveal Publishable key of shop-eu" : `${person?.name ?? ""} signed in`, ip: "203.0.113.7", ...(count % 3 === 0 ? of : {}) });
  }
}

const hello = 'Deno.serve(async (request) => {\n  const { name = "world" } = await request.json().catch(() => ({}));\n  return Response.json({ message: `Hello ${name}` });\n});\n';

/** Two functions in shop-eu. */
export async function seedFunctions(store: Store, projects: readonly SeededProject[], now: Date): Promise<void> {
  const { id } = find(projects, "shop-eu");
  const files = JSON.stringify([{ path: "index.ts", contentBase64: Buffer.from(hello).toString("base64") }, { path: "lib/tax.ts", contentBase64: Buffer.from("export const rate = 0.19;\n").toString("base64") }]);
  for (const name of ["hello", "send-invoice"]) await store.db.edgeFunction.create({ data: { id: newId(), projectId: id, name, version: name === "hello" ? 4 : 1, filesJson: files, sizeBytes: 312, isDeleted: false, createdAt: now, deployedAt: name === "hello" ? now : null } });
}
