import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { ConflictError, InvalidError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import { getRelease, validateServices } from "@/lib/stack/releases";
import type { ProjectPorts, ProjectSettings } from "@/lib/stack/settings";
import { choosePort } from "./allocate";
import { insertSealedSecret, localUrl } from "./create-project";
import { editProjectInput, type EditProjectInput } from "./inputs";
import { parseSettings, toPorts } from "./settings-schema";
import { requireNoOpenOperation, startOperation, withFreshChoice } from "./start-operation";
import { readTakenPorts, type TakenPorts } from "./taken-ports";

type ParsedEdit = ReturnType<typeof editProjectInput.parse>;

/** What an edit changed, kept with its operation so that a failed edit goes back to exactly this. */
export type EditBefore = { settings: ProjectSettings; ports: ProjectPorts };

/**
 * Changes a project's settings. A new display name or drift policy counts at once (no operation); everything else is
 * written as a new revision and applied by the worker, proven by the contract, and taken back when it fails.
 * @returns operationId null when nothing has to be applied.
 */
export async function editProject(ctx: VerbContext, input: EditProjectInput): Promise<{ operationId: string | null }> {
  const parsed = parseInput(editProjectInput, input);
  const project = await authorize(ctx, "project.edit", parsed.ref);
  const sealedSmtpPassword = parsed.smtpPassword === undefined ? null : await ctx.seal(parsed.smtpPassword);
  return withFreshChoice(ctx, async (tx) => {
    const row = await tx.project.findUniqueOrThrow({ where: { id: project.id }, include: { ports: true } });
    const before: EditBefore = { settings: parseSettings(row.settingsJson), ports: toPorts(row.ports) };
    const ports = await movePorts(tx, ctx, { projectId: row.id, hostId: row.hostId, before: before.ports, parsed });
    const settings = changeSettings(before, parsed, ports);
    const changed = changedFields(before, { settings, ports });
    if (sealedSmtpPassword !== null) changed.push("smtpPassword");
    const needsApply = changed.some((field) => field !== "displayName");
    if (needsApply) await requireEditable(tx, row);
    if (sealedSmtpPassword !== null) await insertSealedSecret(tx, ctx, row.id, "smtpPassword", sealedSmtpPassword);
    await tx.project.update({
      where: { id: row.id },
      data: { settingsJson: JSON.stringify(settings), displayName: settings.displayName, revision: { increment: needsApply ? 1 : 0 }, driftPolicy: parsed.driftPolicy ?? row.driftPolicy },
    });
    if (!needsApply || row.state === "paused") {
      await audit(tx, ctx, { action: "project.edit", project: row, summary: `Edit ${row.ref}: ${describeChanges(changed)}`, detail: { changed, driftPolicy: parsed.driftPolicy ?? null } });
      return { operationId: null };
    }
    return startOperation(tx, ctx, { kind: "project.edit", project: row, input: { projectId: row.id, previousState: row.state, previousReason: row.stateReason, before }, summary: `Edit ${row.ref}: ${describeChanges(changed)}`, detail: { changed } });
  });
}

async function requireEditable(tx: Db, row: { id: string; ref: string; state: string }): Promise<void> {
  if (!["ready", "paused", "failed"].includes(row.state)) throw new ConflictError("wrong-state", `${row.ref} cannot be changed while it is ${row.state}.`);
  await requireNoOpenOperation(tx, row.id);
}

function changeSettings(before: EditBefore, parsed: ParsedEdit, ports: ProjectPorts): ProjectSettings {
  const old = before.settings;
  const release = getRelease(old.release);
  if (release === undefined) throw new InvalidError({ release: `The release ${old.release} is not known here any more.` });
  const wished = parsed.services ?? old.services;
  const problems = validateServices(wished, release);
  if (problems.length > 0) throw new InvalidError({ services: problems.join(" ") });
  const bindAddress = parsed.bindAddress ?? old.bindAddress;
  const wasLocal = old.publicUrl === localUrl(old.bindAddress, before.ports.gateway);
  const keepUrl = wasLocal ? localUrl(bindAddress, ports.gateway) : old.publicUrl;
  return {
    ...old,
    displayName: parsed.displayName ?? old.displayName,
    services: release.services.map((service) => service.name).filter((name) => wished.includes(name)),
    bindAddress,
    publicUrl: parsed.publicUrl === undefined ? keepUrl : (parsed.publicUrl?.replace(/\/+$/, "") ?? localUrl(bindAddress, ports.gateway)),
    siteUrl: parsed.siteUrl ?? old.siteUrl,
    redirectUrls: parsed.redirectUrls ?? old.redirectUrls,
    smtp: parsed.smtp === undefined ? old.smtp : parsed.smtp,
    isDirectDatabasePortOpen: parsed.isDirectDatabasePortOpen ?? old.isDirectDatabasePortOpen,
  };
}

type PortMove = { projectId: string; hostId: string; before: ProjectPorts; parsed: ParsedEdit };

async function movePorts(tx: Db, ctx: VerbContext, move: PortMove): Promise<ProjectPorts> {
  const foreign = await readTakenPorts(tx, { hostId: move.hostId, exceptProjectId: move.projectId });
  const { parsed, before } = move;
  const isOpen = parsed.isDirectDatabasePortOpen ?? before.database !== null;
  const after: ProjectPorts = {
    gateway: parsed.gatewayPort ?? before.gateway,
    ...(before.gatewayInner === undefined ? {} : { gatewayInner: before.gatewayInner }),
    ...(before.gatewayBeside === undefined ? {} : { gatewayBeside: before.gatewayBeside }),
    poolerSession: parsed.poolerSessionPort ?? before.poolerSession,
    poolerTransaction: parsed.poolerTransactionPort ?? before.poolerTransaction,
    database: isOpen ? (parsed.databasePort ?? before.database ?? choosePort("database", new Set([...foreign.keys(), ...portsOf(before)]))) : null,
  };
  refuseTakenPorts(after, before, foreign);
  await writePorts(tx, ctx, move, after);
  return after;
}

const portsOf = (ports: ProjectPorts): number[] => Object.values(ports).filter((port): port is number => port !== null && port !== undefined);

/** What the project has already it keeps. */
function refuseTakenPorts(ports: ProjectPorts, before: ProjectPorts, foreign: TakenPorts): void {
  const fields = { gateway: "gatewayPort", gatewayInner: "gatewayPort", gatewayBeside: "gatewayPort", poolerSession: "poolerSessionPort", poolerTransaction: "poolerTransactionPort", database: "databasePort" } as const;
  const seen = new Set<number>();
  for (const [purpose, port] of Object.entries(ports) as [keyof ProjectPorts, number | null][]) {
    if (port === null) continue;
    const holder = foreign.get(port);
    if (holder !== undefined && port !== before[purpose]) throw new InvalidError({ [fields[purpose]]: `Port ${port} belongs to ${holder}.` });
    if (seen.has(port)) throw new InvalidError({ [fields[purpose]]: `Port ${port} is used twice in this project.` });
    seen.add(port);
  }
}

async function writePorts(tx: Db, ctx: Pick<VerbContext, "newId">, move: { projectId: string; hostId: string }, ports: ProjectPorts): Promise<void> {
  await tx.portAllocation.deleteMany({ where: { projectId: move.projectId } });
  const wanted = { gateway: ports.gateway, "gateway-inner": ports.gatewayInner ?? null, "gateway-beside": ports.gatewayBeside ?? null, "pooler-session": ports.poolerSession, "pooler-transaction": ports.poolerTransaction, database: ports.database };
  for (const [purpose, port] of Object.entries(wanted)) {
    if (port !== null) await tx.portAllocation.create({ data: { id: ctx.newId(), hostId: move.hostId, projectId: move.projectId, purpose, port } });
  }
}

/** Puts settings and ports back to what they were before a failed edit. */
export async function restoreBefore(tx: Db, ctx: Pick<VerbContext, "newId">, projectId: string, before: EditBefore): Promise<void> {
  const row = await tx.project.findUniqueOrThrow({ where: { id: projectId } });
  await writePorts(tx, ctx, { projectId, hostId: row.hostId }, before.ports);
  await tx.project.update({ where: { id: projectId }, data: { settingsJson: JSON.stringify({ ...before.settings, displayName: row.displayName }), revision: { increment: 1 } } });
}

function changedFields(before: EditBefore, after: EditBefore): string[] {
  const fields: string[] = [];
  for (const key of Object.keys(after.settings) as (keyof ProjectSettings)[]) {
    if (JSON.stringify(before.settings[key]) !== JSON.stringify(after.settings[key])) fields.push(key);
  }
  for (const key of Object.keys(after.ports) as (keyof ProjectPorts)[]) {
    if (before.ports[key] !== after.ports[key]) fields.push(`${key} port`);
  }
  return fields;
}

const fieldWords: Record<string, string> = {
  displayName: "name", services: "services", bindAddress: "listening address", publicUrl: "public URL", siteUrl: "site URL", redirectUrls: "redirect URLs",
  smtp: "mail", smtpPassword: "mail password", isDirectDatabasePortOpen: "direct database port",
  "gateway port": "gateway port", "poolerSession port": "session pooler port", "poolerTransaction port": "transaction pooler port", "database port": "database port",
};

/** What was edited, in the words of the settings page. Nothing named means that only the drift policy was. */
function describeChanges(changed: readonly string[]): string {
  return changed.length === 0 ? "drift policy" : changed.map((field) => fieldWords[field] ?? field).join(", ");
}
