import { z } from "zod";
import { LABEL } from "@/lib/engine/observed";
import type { Db } from "@/lib/adapters/store/types";
import { StepFailure } from "@/lib/operations/step-failure";
import type { Step, StepContext, Workflow } from "@/lib/operations/types";
import { jwtSql } from "@/lib/stack/files/database-sql";
import { generateOpaqueKey, generateSigningSecrets, renewJwtSecret, type KeySource } from "@/lib/stack/keys";
import { Secret } from "@/lib/stack/secret-value";
import type { KeySettings, SecretName } from "@/lib/stack/settings";
import { setDatabaseSecretArgv } from "../keys/database-secret";
import { namesOf, rotatableKeys, secretsOfKey, writeKeySettings } from "../keys/key-settings";
import { dropAside, hasAside, putBack, setAside } from "../keys/set-aside";
import { keySettingsSchema } from "../settings-schema";
import { applyStack } from "./apply-stack";
import { waitInForce } from "./gateway-in-force";
import { imagesStep } from "./images-step";
import { proveStep } from "./prove-step";
import { markApplied, setProjectState } from "./settle";
import type { WorkflowTools } from "./tools";

/**
 * Acts on the keys of a project. Each is applied like any other change (services that hold a key are replaced, the gateway takes its keys
 * while it runs), read back from the gateway and proven; what fails or is cancelled brings the earlier keys back.
 */

const projectPart = z.object({ projectId: z.string(), before: keySettingsSchema });
type KeysInput = z.infer<typeof projectPart>;
type Run<Input> = StepContext<Input>;

const rotateInput = projectPart.extend({ kind: z.enum(rotatableKeys), overlapHours: z.number().int().min(0) });
const endInput = projectPart.extend({ kind: z.enum(rotatableKeys) });
const legacyInput = projectPart.extend({ isOff: z.boolean() });
const jwtInput = projectPart.extend({ withSigningPair: z.boolean() });

type Phase<Input> = { key: string; title: string; /** Sets absolute values: it may run twice. */ change(tx: Db, context: Run<Input>): Promise<void>; /** After the stack shows the change, and after it was taken back. */ afterwards?(context: Run<Input>, signal: AbortSignal): Promise<void> };
type Act<Input> = { kind: Workflow<Input>["kind"]; parseInput(json: unknown): Input; /** Secrets that it may change. */ secrets(input: Input): SecretName[]; phases: [Phase<Input>, ...Phase<Input>[]] };

const phaseLimitMs = 10 * 60_000;

function keysWorkflow<Input extends KeysInput>(tools: WorkflowTools, act: Act<Input>): Workflow<Input> {
  const [first, ...rest] = act.phases;
  const bringBack = async (tx: Db, { operation, input }: Pick<Run<Input>, "operation" | "input">) => {
    await putBack(tx, input.projectId, operation.id, act.secrets(input));
    await writeKeySettings(tx, input.projectId, () => input.before);
  };
  return {
    kind: act.kind,
    parseInput: act.parseInput,
    onFailure: "undo",
    steps: [imagesStep(tools), { ...phaseStep(tools, first), undo: (context, _output, signal) => takeBack(tools, context, { first, bringBack }, signal) }, ...rest.map((phase) => phaseStep(tools, phase)), proveStep(tools)],
    async settle({ operation, input, outcome, failure }, tx) {
      const { projectId } = input;
      if (outcome === "failed") return setProjectState(tx, projectId, "failed", failure?.sentence ?? "The keys could not be changed.");
      if (outcome !== "done") await bringBack(tx, { operation, input });
      await dropAside(tx, projectId);
      await setProjectState(tx, projectId, "ready", null);
      await markApplied(tx, projectId, tools.now());
    },
  };
}

function phaseStep<Input extends KeysInput>(tools: WorkflowTools, phase: Phase<Input>): Step<Input> {
  return {
    key: phase.key,
    title: phase.title,
    timeoutMs: phaseLimitMs,
    isCancellable: true,
    async run(context, signal) {
      await tools.store.transaction((tx) => phase.change(tx, context));
      return show(tools, context, phase, signal);
    },
  };
}

/** Undone in one go, by the first phase: keys and settings of all phases together, then the stack. */
async function takeBack<Input extends KeysInput>(tools: WorkflowTools, context: Run<Input>, { first, bringBack }: { first: Phase<Input>; bringBack: (tx: Db, context: Run<Input>) => Promise<void> }, signal: AbortSignal): Promise<void> {
  await tools.store.transaction((tx) => bringBack(tx, context));
  await show(tools, context, first, signal);
}

async function show<Input extends KeysInput>(tools: WorkflowTools, context: Run<Input>, phase: Phase<Input>, signal: AbortSignal) {
  const { operation, input: { projectId }, emit } = context;
  const applied = await applyStack(tools, { projectId, operationId: operation.id, goal: "run" }, emit, signal);
  await waitInForce(tools, projectId, signal);
  await phase.afterwards?.(context, signal);
  return applied;
}

const sourceOf = ({ randomBytes, now }: Pick<WorkflowTools, "randomBytes" | "now">): KeySource => ({ randomBytes, nowSeconds: Math.floor(now().getTime() / 1000), uuid: () => crypto.randomUUID() });

/** A new publishable or secret key beside the old one; without an overlap the old one ends as soon as the services have the new one. */
export function rotateKeyWorkflow(tools: WorkflowTools): Workflow<z.infer<typeof rotateInput>> {
  return keysWorkflow(tools, {
    kind: "keys.rotate",
    parseInput: (json) => rotateInput.parse(json),
    secrets: ({ kind }) => secretsOfKey(kind),
    phases: [
      { key: "accept", title: "Make the new key and let both pass", change: (tx, context) => makeKey(tools, tx, context) },
      {
        key: "end",
        title: "End the old key where no overlap was asked for",
        async change(tx, { input: { projectId, kind, overlapHours } }) {
          if (overlapHours === 0) await tx.secretValue.deleteMany({ where: { projectId, name: namesOf[kind].previous } });
        },
      },
    ],
  });
}

async function makeKey(tools: WorkflowTools, tx: Db, { operation, input: { projectId, kind, overlapHours } }: Run<z.infer<typeof rotateInput>>): Promise<void> {
  if (await hasAside(tx, projectId, operation.id)) return;
  const { present, previous, overlap } = namesOf[kind];
  const old = (await tools.secrets.readAll(tx, projectId))[present];
  await setAside(tx, projectId, operation.id, secretsOfKey(kind));
  await tools.secrets.write(tx, projectId, present, new Secret(await generateOpaqueKey(`sb_${kind}_`, tools.randomBytes)));
  await tools.secrets.write(tx, projectId, previous, old);
  const endsAt = overlapHours === 0 ? null : new Date(tools.now().getTime() + overlapHours * 3_600_000).toISOString();
  await writeKeySettings(tx, projectId, (settings) => ({ ...settings, [overlap]: endsAt }));
}

/** Ends the key that was replaced. */
export function endOverlapWorkflow(tools: WorkflowTools): Workflow<z.infer<typeof endInput>> {
  return keysWorkflow(tools, {
    kind: "keys.end-overlap",
    parseInput: (json) => endInput.parse(json),
    secrets: ({ kind }) => [namesOf[kind].previous],
    phases: [
      {
        key: "end",
        title: "End the old key",
        async change(tx, { operation, input: { projectId, kind } }) {
          if (await hasAside(tx, projectId, operation.id)) return;
          await setAside(tx, projectId, operation.id, [namesOf[kind].previous]);
          await writeKeySettings(tx, projectId, (settings) => ({ ...settings, [namesOf[kind].overlap]: null }));
        },
      },
    ],
  });
}

/** Switches the legacy keys off, or on again. Services inside leave them before the gateway refuses them, and take them up after it takes them. */
export function legacyKeysWorkflow(tools: WorkflowTools): Workflow<z.infer<typeof legacyInput>> {
  const set = (tx: Db, projectId: string, legacy: KeySettings["legacy"]) => writeKeySettings(tx, projectId, (settings) => ({ ...settings, legacy }));
  return keysWorkflow(tools, {
    kind: "keys.legacy",
    parseInput: (json) => legacyInput.parse(json),
    secrets: () => [],
    phases: [
      { key: "prepare", title: "Let services use the publishable and the secret key, and the gateway take both kinds", change: (tx, { input: { projectId } }) => set(tx, projectId, "leaving") },
      { key: "switch", title: "Switch the legacy keys", change: (tx, { input: { projectId, isOff } }) => set(tx, projectId, isOff ? "off" : "on") },
    ],
  });
}

const jwtSecretNames: SecretName[] = ["jwtSecret", "anonKey", "serviceRoleKey", "jwtKeys", "jwtJwks"];
const signingSecretNames: SecretName[] = [...jwtSecretNames, "anonKeyAsymmetric", "serviceRoleKeyAsymmetric"];

/** A new JWT secret with new legacy keys, and on request a new signing pair. Once done it cannot be taken back: the old secret is gone. */
export function rotateJwtWorkflow(tools: WorkflowTools): Workflow<z.infer<typeof jwtInput>> {
  return keysWorkflow(tools, {
    kind: "keys.rotate-jwt",
    parseInput: (json) => jwtInput.parse(json),
    secrets: ({ withSigningPair }) => (withSigningPair ? signingSecretNames : jwtSecretNames),
    phases: [
      {
        key: "renew",
        title: "Make the new JWT secret and give it to the services",
        async change(tx, { operation, input: { projectId, withSigningPair } }) {
          if (await hasAside(tx, projectId, operation.id)) return;
          const made = withSigningPair ? await generateSigningSecrets(sourceOf(tools)) : await renewJwtSecret(sourceOf(tools), await tools.secrets.readAll(tx, projectId));
          await setAside(tx, projectId, operation.id, withSigningPair ? signingSecretNames : jwtSecretNames);
          for (const [name, secret] of Object.entries(made) as [SecretName, Secret][]) await tools.secrets.write(tx, projectId, name, secret);
        },
        afterwards: ({ input: { projectId } }, signal) => tellDatabase(tools, projectId, signal),
      },
    ],
  });
}

/** The database got the secret as a setting when it was made; it takes the present one out of its container's environment. */
async function tellDatabase(tools: WorkflowTools, projectId: string, signal: AbortSignal): Promise<void> {
  const { containers } = await tools.engine.observe({ instanceId: tools.instanceId, projectId, imageRefs: [], readsMarkers: false }, signal);
  const db = containers.find((container) => container.labels[LABEL.service] === "db" && container.state === "running");
  if (db === undefined) throw new StepFailure({ code: "database-down", sentence: "The database does not run, so it cannot be given the new JWT secret.", service: "db", evidence: [], isRetryable: true });
  const { exitCode, stderr } = await tools.engine.exec(db.id, [...setDatabaseSecretArgv], { stdin: jwtSql, timeoutMs: 30_000, maxOutputBytes: 65_536 }, signal);
  if (exitCode !== 0) throw new StepFailure({ code: "database-refused", sentence: "The database did not take the new JWT secret.", service: "db", evidence: stderr.trim().split("\n").slice(-5), isRetryable: true });
}
