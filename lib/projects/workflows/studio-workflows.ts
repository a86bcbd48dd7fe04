import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import type { ContractRequest } from "@/lib/gateway/contract";
import { StepFailure } from "@/lib/operations/step-failure";
import type { StepContext, Workflow } from "@/lib/operations/types";
import { toBase64, utf8 } from "@/lib/stack/encoding";
import { generatePassword } from "@/lib/stack/keys";
import { Secret } from "@/lib/stack/secret-value";
import type { DashboardUserSecret, SecretName } from "@/lib/stack/settings";
import { changeSettings } from "../change-settings";
import { localUrl } from "../create-project";
import { dropAside, hasAside, putBack, setAside } from "../keys/set-aside";
import { parseSettings, studioSettingsSchema, toPorts } from "../settings-schema";
import { storedStudioUser, studioUserChange, type StoredStudioUser } from "../studio/user-change";
import { applyStack } from "./apply-stack";
import { waitInForce } from "./gateway-in-force";
import { loadProject } from "./load-stack";
import { proveStep } from "./prove-step";
import { markApplied, setProjectState } from "./settle";
import type { WorkflowTools } from "./tools";

/** Who reaches Studio: its own users, and where it answers. Each change is put in force while the gateway runs, proven, and taken back when it fails. */

const usersInput = z.object({ projectId: z.string(), change: studioUserChange, before: z.array(storedStudioUser) });
type UsersInput = z.infer<typeof usersInput>;

const settingsInput = z.object({ projectId: z.string(), before: studioSettingsSchema.nullable(), after: studioSettingsSchema });
type SettingsInput = z.infer<typeof settingsInput>;

const applyLimitMs = 5 * 60_000;
const proofLimitMs = 15_000;
const pauseBetweenRoundsMs = 250;
const passwordLength = 32;

/** Brings the gateway, and the edge where it stands in front, to what the store says. */
async function show(tools: WorkflowTools, { operation, input: { projectId }, emit }: StepContext<{ projectId: string }>, signal: AbortSignal): Promise<void> {
  await applyStack(tools, { projectId, operationId: operation.id, goal: "run" }, emit, signal);
  await waitInForce(tools, projectId, signal);
}

export function studioUsersWorkflow(tools: WorkflowTools): Workflow<UsersInput> {
  return {
    kind: "studio.users",
    parseInput: (json) => usersInput.parse(json),
    onFailure: "undo",
    steps: [
      {
        key: "users", title: "Give the gateway Studio's users", timeoutMs: applyLimitMs, isCancellable: true,
        async run(context, signal) {
          await changeUsers(tools, context);
          await show(tools, context, signal);
        },
        async undo(context, _output, signal) {
          await tools.store.transaction((tx) => bringBack(tx, context));
          await show(tools, context, signal);
        },
      },
      {
        key: "prove-users", title: "Prove who may sign in", timeoutMs: proofLimitMs + 30_000, isCancellable: true,
        run: ({ input }, signal) => proveUsers(tools, input, signal),
      },
    ],
    async settle({ operation, input, outcome, failure }, tx) {
      const { projectId } = input;
      if (outcome === "failed") return setProjectState(tx, projectId, "failed", failure?.sentence ?? "The users of Studio could not be changed.");
      if (outcome !== "done") await bringBack(tx, { operation, input });
      await dropAside(tx, projectId);
      await setProjectState(tx, projectId, "ready", null);
      await markApplied(tx, projectId, tools.now());
    },
  };
}

const makePassword = (tools: WorkflowTools) => new Secret(generatePassword((length) => tools.randomBytes(length), passwordLength));

/** Sets absolute values: it may run twice. A password that is made anew then was shown to nobody. */
async function changeUsers(tools: WorkflowTools, { operation, input: { projectId, change } }: StepContext<UsersInput>): Promise<void> {
  if (change.act === "renew-first") return renewFirst(tools, { projectId, operationId: operation.id });
  if (change.act === "remove") return void (await tools.store.transaction((tx) => tx.dashboardUser.deleteMany({ where: { id: change.id, projectId } })));
  const { dashboardUsername } = await tools.secrets.readAll(tools.store.db, projectId);
  if (dashboardUsername.reveal() === change.username) {
    throw new StepFailure({ code: "name-taken", sentence: `${change.username} is the first user of this Studio, who is there already. Choose another name.`, service: null, evidence: [], isRetryable: false });
  }
  const password = change.sealed === null ? makePassword(tools) : await tools.secrets.openSealed(change.sealed);
  await tools.store.transaction((tx) => tools.secrets.writeDashboardUser(tx, { id: change.id, projectId, username: change.username, now: tools.now() }, password));
}

const firstPassword: SecretName[] = ["dashboardPassword"];

async function renewFirst(tools: WorkflowTools, { projectId, operationId }: { projectId: string; operationId: string }): Promise<void> {
  await tools.store.transaction(async (tx) => {
    if (await hasAside(tx, projectId, operationId)) return;
    await setAside(tx, projectId, operationId, firstPassword);
    await tools.secrets.write(tx, projectId, "dashboardPassword", makePassword(tools));
  });
}

async function bringBack(tx: Db, { operation, input: { projectId, before } }: Pick<StepContext<UsersInput>, "operation" | "input">): Promise<void> {
  await putBack(tx, projectId, operation.id, firstPassword);
  await tx.dashboardUser.deleteMany({ where: { projectId } });
  for (const data of before) await tx.dashboardUser.create({ data });
}

/** The user passes with the new password, and with the one from before, or without being there any more, is refused: by the gateway itself, whatever stands in front of it. */
async function proveUsers(tools: WorkflowTools, { projectId, change, before }: UsersInput, signal: AbortSignal): Promise<{ requests: number }> {
  const { db } = tools.store;
  const secrets = await tools.secrets.readAll(db, projectId);
  const first = { username: secrets.dashboardUsername.reveal(), password: secrets.dashboardPassword };
  const changed = change.act === "renew-first" ? null : change;
  const old = await openOld(tools, projectId, before.find(({ id }) => id === changed?.id));
  const present = changed === null ? first : (await tools.secrets.readDashboardUsers(db, projectId)).find(({ username }) => username === changed.username);
  const requests = [...(present === undefined ? [] : [signIn(present, "may", tools)]), ...(old === null || old.password.reveal() === present?.password.reveal() ? [] : [signIn(old, "may-not", tools)])];
  const project = await loadProject(tools, projectId);
  const { gateway, gatewayInner } = toPorts(project.ports);
  const baseUrl = gatewayInner === undefined ? localUrl(parseSettings(project.settingsJson).bindAddress, gateway) : localUrl("127.0.0.1", gatewayInner);
  const until = tools.now().getTime() + proofLimitMs;
  for (;;) {
    const answers = await Promise.all(requests.map(async (request) => ({ request, status: (await tools.probe.send(baseUrl, request, secrets, signal)).status })));
    const failed = answers.filter(({ request, status }) => status === null || !request.expected.statuses.includes(status));
    if (failed.length === 0) return { requests: requests.length };
    if (tools.now().getTime() >= until) {
      const evidence = failed.map(({ request, status }) => `${request.title}: received ${status ?? "no answer"}`);
      throw new StepFailure({ code: "users-not-proven", sentence: "The gateway does not let in who may sign in at Studio, or lets in who may not.", service: "api-gw", evidence, isRetryable: true });
    }
    await tools.pause(pauseBetweenRoundsMs, signal);
  }
}

async function openOld(tools: WorkflowTools, projectId: string, row: StoredStudioUser | undefined): Promise<DashboardUserSecret | null> {
  return row === undefined ? null : ((await tools.secrets.readDashboardUsers(tools.store.db, projectId, [row]))[0] ?? null);
}

const everyStatus = Array.from({ length: 500 }, (_, index) => index + 100);
/** Where a list of addresses stands before Studio, the prober need not be on it. */
const letIn = everyStatus.filter((status) => ![401, 502, 503, 504].includes(status));
const refused = [401, 403];

function signIn({ username, password }: DashboardUserSecret, outcome: "may" | "may-not", { newId }: Pick<WorkflowTools, "newId">): ContractRequest {
  const authorization = `Basic ${toBase64(utf8(`${username}:${password.reveal()}`))}`;
  return {
    id: `studio-user-${newId()}`, title: outcome === "may" ? `Studio opens to ${username}` : `Studio refuses what ${username} had before`,
    method: "GET", path: "/", credential: "none", headers: { authorization }, isWebSocket: false, expected: { statuses: outcome === "may" ? letIn : refused },
  };
}

export function studioSettingsWorkflow(tools: WorkflowTools): Workflow<SettingsInput> {
  const write = (tx: Db, projectId: string, studio: SettingsInput["before"]) => changeSettings(tx, projectId, () => ({ studio: studio ?? undefined }));
  return {
    kind: "studio.settings",
    parseInput: (json) => settingsInput.parse(json),
    onFailure: "undo",
    steps: [
      {
        key: "settings", title: "Put the settings of Studio in force", timeoutMs: applyLimitMs, isCancellable: true,
        async run(context, signal) {
          await tools.store.transaction((tx) => write(tx, context.input.projectId, context.input.after));
          await show(tools, context, signal);
        },
        async undo(context, _output, signal) {
          await tools.store.transaction((tx) => write(tx, context.input.projectId, context.input.before));
          await show(tools, context, signal);
        },
      },
      proveStep(tools),
    ],
    async settle({ input: { projectId, before }, outcome, failure }, tx) {
      if (outcome === "failed") return setProjectState(tx, projectId, "failed", failure?.sentence ?? "The settings of Studio could not be applied.");
      if (outcome !== "done") await write(tx, projectId, before);
      await setProjectState(tx, projectId, "ready", null);
      await markApplied(tx, projectId, tools.now());
    },
  };
}
