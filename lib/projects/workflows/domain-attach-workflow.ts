import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import type { Step, StepContext, Workflow } from "@/lib/operations/types";
import { askableName, lookAtDomain } from "../domains/check-domain";
import { domainUrl, getDomain, kindOf, tlsOf, type DomainRow } from "../domains/domain-row";
import { becomeMain, parseReplaced, withoutEarlier } from "../domains/main-address";
import { mainSnapshotSchema, putBack, readAddressSettings, writeAddressSettings } from "../domains/main-snapshot";
import { acmeOf, authorityOf, readEdgeSetting } from "../edge/edge-setting";
import { applyStack } from "./apply-stack";
import { awaitCertificate, certificateDeadlineMs, failure, holdsCertificate, lastWordMs, serveAs, shownNow, verifyShown, type NameDoor } from "./domain-certificate";
import { imagesStep } from "./images-step";
import { runContract, tellFailed } from "./prove-step";
import { markApplied, setProjectState } from "./settle";
import type { WorkflowTools } from "./tools";

const input = z.object({
  projectId: z.string(),
  domainId: z.string(),
  /** The services are told its address. */
  makesMain: z.boolean(),
  /** It serves already, and is only made the main one. */
  wasOpen: z.boolean(),
  /** Left out in what an earlier version stored, where the step itself looks whether there is anything to rehearse. */
  tls: z.enum(["acme", "uploaded", "internal"]).default("acme"),
  before: mainSnapshotSchema,
});
type AttachInput = z.infer<typeof input>;
type Context = StepContext<AttachInput>;

/** The services answered their own probes before: what does not pass by then does not pass. */
const proofDeadlineMs = 20_000;

/**
 * Opens a name: looked at, rehearsed with the staging directory, certified, the chain that is shown verified, the services told, the route
 * opened, the contract proven through it. Whatever fails brings settings, services and the edge back to what they were, and the domain
 * says why.
 */
export function attachDomainWorkflow(tools: WorkflowTools): Workflow<AttachInput> {
  const images = imagesStep<AttachInput>(tools);
  return {
    kind: "domain.attach",
    parseInput: (json) => input.parse(json),
    onFailure: "undo",
    steps: [checkStep(tools), rehearseStep(tools), issueStep(tools), verifyStep(tools), { ...images, isNeeded: ({ makesMain }) => makesMain }, settingsStep(tools), openStep(tools), proveNameStep(tools)],
    settle: (context, tx) => settleAttach(tools, context, tx),
  };
}

const seenSchema = z.object({ lastWordMs: z.number(), /** Fingerprint of the staging directory's certificate. */ rehearsed: z.string().nullable().default(null) }).catch({ lastWordMs: 0, rehearsed: null });

function checkStep(tools: WorkflowTools): Step<AttachInput> {
  return {
    key: "check", title: "Look at DNS, ports and CAA", timeoutMs: 60_000, isCancellable: true,
    async run({ input: { domainId, wasOpen }, emit }, signal) {
      const row = await getDomain(tools.store.db, domainId);
      if (!wasOpen) await keepKey(tools, row);
      const [{ items }, wordMs] = await Promise.all([lookAtDomain(tools, row, signal), lastWordMs(tools, row.hostname, signal)]);
      for (const { state, title, sentence } of items) if (state !== "ok") emit({ level: "warn", message: `${title}: ${sentence}`, current: null, total: null, detail: null });
      const stops = items.filter(({ state }) => state === "stop");
      const [first] = stops;
      if (first !== undefined && !wasOpen) throw failure("name-not-ready", first.sentence, stops.slice(1).map(({ sentence }) => sentence));
      return { lastWordMs: wordMs };
    },
  };
}

/** What web sealed to the worker is encrypted as everything else is, before it is used for the first time. */
async function keepKey({ store, certificateKeys }: WorkflowTools, { id, projectId, keyCiphertext }: DomainRow): Promise<void> {
  if (keyCiphertext === null) return;
  await store.transaction(async (tx) => tx.domain.updateMany({ where: { id, keyCiphertext }, data: { keyCiphertext: await certificateKeys.keep(tx, { id, projectId, keyCiphertext }) } }));
}

function rehearseStep(tools: WorkflowTools): Step<AttachInput> {
  return {
    key: "rehearse", title: "Rehearse the certificate with the staging directory", timeoutMs: certificateDeadlineMs + 60_000, isCancellable: true,
    isNeeded: ({ tls, wasOpen }) => tls === "acme" && !wasOpen,
    async run({ input: { domainId, wasOpen }, outputs, emit }, signal) {
      const seen = seenSchema.parse(outputs["check"]);
      const row = await getDomain(tools.store.db, domainId);
      if (wasOpen || tlsOf(row) !== "acme") return seen;
      const setting = await readEdgeSetting(tools.store.db);
      const { directoryUrl, stagingDirectoryUrl } = acmeOf(setting);
      const { name } = authorityOf(setting);
      const { hostname } = row;
      const pass = (message: string) => {
        emit({ level: "info", message, current: null, total: null, detail: null });
        return seen;
      };
      if (stagingDirectoryUrl === null) return pass(`${name} has no staging directory, so the first try is the real one.`);
      if (await holdsCertificate(tools, { hostname, directoryUrl }, signal)) {
        return pass(`The edge holds a valid certificate of ${name} from before: nothing has to be issued.`);
      }
      const shownBefore = [await shownNow(tools, hostname, signal)];
      await serveAs(tools, domainId, { state: "rehearsing" }, signal);
      await awaitCertificate(tools, { hostname, directoryUrl: stagingDirectoryUrl, authority: `the staging directory of ${name}`, sinceMs: seen.lastWordMs, shownBefore }, emit, signal);
      const rehearsed = await shownNow(tools, hostname, signal);
      // Caddy keeps to a certificate as long as the name is in its document: it is taken out once, so that the other authority is asked.
      await serveAs(tools, domainId, { state: "added" }, signal);
      return { lastWordMs: await lastWordMs(tools, hostname, signal), rehearsed };
    },
    undo: (context, _output, signal) => closeAgain(tools, context, signal),
  };
}

/** Nothing of a name is served that was not before. */
async function closeAgain(tools: WorkflowTools, { input: { domainId, wasOpen } }: Context, signal: AbortSignal): Promise<void> {
  if (!wasOpen) await serveAs(tools, domainId, { state: "added" }, signal);
}

function issueStep(tools: WorkflowTools): Step<AttachInput> {
  return {
    key: "issue", title: "Get the certificate", timeoutMs: certificateDeadlineMs + 60_000, isCancellable: true,
    async run({ input: { domainId, wasOpen }, outputs, emit }, signal) {
      if (wasOpen) return {};
      const { hostname, tls } = await getDomain(tools.store.db, domainId);
      const { lastWordMs: sinceMs, rehearsed } = seenSchema.parse(outputs["rehearse"] ?? outputs["check"]);
      const shownBefore = [rehearsed, await shownNow(tools, hostname, signal)];
      await serveAs(tools, domainId, { state: "waiting" }, signal);
      if (tls === "uploaded") return {};
      const setting = await readEdgeSetting(tools.store.db);
      const wanted = tls === "internal" ? { directoryUrl: null, authority: "the edge's own authority" } : { directoryUrl: acmeOf(setting).directoryUrl, authority: authorityOf(setting).name };
      await awaitCertificate(tools, { hostname, ...wanted, sinceMs, shownBefore }, emit, signal);
      return {};
    },
    undo: (context, _output, signal) => closeAgain(tools, context, signal),
  };
}

function verifyStep(tools: WorkflowTools): Step<AttachInput> {
  return {
    key: "verify", title: "Verify the certificate that is shown", timeoutMs: 90_000, isCancellable: true,
    run: async ({ input: { domainId }, emit }, signal): Promise<NameDoor> => verifyShown(tools, await getDomain(tools.store.db, domainId), emit, signal),
  };
}

function settingsStep(tools: WorkflowTools): Step<AttachInput> {
  const apply = ({ operation, input: { projectId }, emit }: Context, signal: AbortSignal) => applyStack(tools, { projectId, operationId: operation.id, goal: "run" }, emit, signal);
  return {
    key: "services", title: "Tell the services the new address", timeoutMs: 10 * 60_000, isCancellable: true,
    isNeeded: ({ makesMain }) => makesMain,
    async run(context, signal) {
      await tools.store.transaction((tx) => writeMain(tools, tx, context.input));
      return apply(context, signal);
    },
    async undo(context, _output, signal) {
      await tools.store.transaction((tx) => putBack(tx, context.input.projectId, context.input.before));
      await apply(context, signal);
    },
  };
}

/** Sets absolute values: a worker before this one may have written them. */
async function writeMain(tools: Pick<WorkflowTools, "now">, tx: Db, { projectId, domainId, before }: AttachInput): Promise<void> {
  const [row, setting, { localUrl }] = await Promise.all([getDomain(tx, domainId), readEdgeSetting(tx), readAddressSettings(tx, projectId)]);
  const previous = before.domains.find(({ id, isMain }) => isMain && id !== domainId);
  const change = becomeMain(before.settings, { url: domainUrl(row.hostname, setting), localUrl, previousMainId: previous?.id ?? null });
  // It was the main one before: those that came after it no longer go back to it.
  const stale = parseReplaced(before.domains.find(({ id }) => id === domainId)?.replacedJson ?? null);
  for (const other of before.domains.filter(({ id }) => id !== domainId)) {
    const theirs = parseReplaced(other.replacedJson);
    await tx.domain.updateMany({ where: { id: other.id }, data: { isMain: false, replacedJson: theirs === null || stale === null ? other.replacedJson : JSON.stringify(withoutEarlier(theirs, stale, domainId)) } });
  }
  const addedRedirectUrls = [...new Set([...(stale?.addedRedirectUrls ?? []), ...change.replaced.addedRedirectUrls])];
  await writeAddressSettings(tx, projectId, change.settings);
  await tx.domain.update({ where: { id: domainId }, data: { isMain: true, replacedJson: JSON.stringify({ ...change.replaced, addedRedirectUrls }), updatedAt: tools.now() } });
}

function openStep(tools: WorkflowTools): Step<AttachInput> {
  return {
    key: "open", title: "Open the name", timeoutMs: 60_000, isCancellable: true,
    run: ({ input: { domainId } }, signal) => serveAs(tools, domainId, { state: "open", stateReason: null }, signal),
    async undo({ input: { domainId, wasOpen } }, _output, signal) {
      if (!wasOpen) await serveAs(tools, domainId, { state: "waiting" }, signal);
    },
  };
}

const doorSchema = z.custom<NameDoor>((value) => typeof value === "object" && value !== null && "host" in value && "trust" in value);

function proveNameStep(tools: WorkflowTools): Step<AttachInput> {
  return {
    key: "prove", title: "Prove the contract through the name", timeoutMs: proofDeadlineMs + 30_000, isCancellable: true,
    async run({ input: { projectId, domainId }, outputs, emit }, signal) {
      const row = await getDomain(tools.store.db, domainId);
      const door = doorSchema.parse(outputs["verify"]);
      if (kindOf(row) === "studio") return proveStudio(tools, row, door, signal);
      const baseUrl = domainUrl(askableName(row.hostname), await readEdgeSetting(tools.store.db));
      const results = await runContract(tools, { projectId, deadlineMs: proofDeadlineMs, via: { baseUrl, route: { host: door.host, trust: door.trust } } }, signal, (passed, total) =>
        emit({ level: "progress", message: `${passed} of ${total} requests answered as they must`, current: passed, total, detail: null }),
      );
      const failed = results.filter(({ isPassed }) => !isPassed);
      if (failed.length > 0) throw failure("contract-failed", `${failed.length} of ${results.length} requests through ${baseUrl} were not answered as they must be.`, tellFailed(results).slice(0, 20));
      return { requests: results.length };
    },
  };
}

/** What Studio, the question for its password, or the way to the panel's sign-in answer. */
const studioAnswers = [200, 301, 302, 303, 307, 308, 401, 403];

async function proveStudio(tools: WorkflowTools, { hostname }: DomainRow, { host, port, trust }: NameDoor, signal: AbortSignal): Promise<{ requests: number }> {
  const { status, error } = await tools.names.ask({ hostname: askableName(hostname), path: "/", address: { host, port }, trust }, signal);
  if (status !== null && studioAnswers.includes(status)) return { requests: 1 };
  throw failure("studio-not-proven", `Studio did not answer under ${hostname}: ${status === null ? (error ?? "no answer") : `status ${status}`}.`);
}

type Ending = Parameters<Workflow<AttachInput>["settle"]>[0];

async function settleAttach(tools: WorkflowTools, { input: attach, outcome, failure: failed }: Ending, tx: Db): Promise<void> {
  const { projectId, domainId, wasOpen } = attach;
  const now = tools.now();
  if (outcome === "done") {
    await tx.domain.updateMany({ where: { id: domainId }, data: { state: "open", stateReason: null, updatedAt: now } });
    await setProjectState(tx, projectId, "ready", null);
    return markApplied(tx, projectId, now);
  }
  const reason = failed?.sentence ?? (outcome === "cancelled" ? null : "Attaching it did not succeed.");
  if ((await tx.domain.count({ where: { id: domainId } })) === 0) return;
  // With the services half-way the edge still serves the name as far as it got: what is stored says so.
  if (outcome === "failed") {
    await tx.domain.updateMany({ where: { id: domainId }, data: { stateReason: reason, updatedAt: now } });
    return setProjectState(tx, projectId, "failed", reason);
  }
  if (attach.makesMain) await putBack(tx, projectId, attach.before);
  await tx.domain.updateMany({ where: { id: domainId }, data: { ...(wasOpen ? {} : { state: reason === null ? "added" : "failed" }), stateReason: reason, updatedAt: now } });
  await markApplied(tx, projectId, now);
}
