import { customAlphabet } from "nanoid";
import { authorizeInstallation } from "@/lib/access/authorize";
import { ConflictError, InvalidError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import type { ServiceName } from "@/lib/stack/desired";
import { reservedRefs, suggestRef } from "@/lib/stack/names";
import { defaultRelease, getRelease, releaseNames, validateServices } from "@/lib/stack/releases";
import type { ProjectSettings } from "@/lib/stack/settings";
import { choosePort, chooseSubnet, subnetPool, type PortPurpose } from "./allocate";
import { createProjectInput, type CreateProjectInput } from "./inputs";
import { readEdgeSetting } from "./edge/edge-setting";
import { readInstanceId } from "./installation";
import { startOperation, withFreshChoice } from "./start-operation";
import { readTakenPorts } from "./taken-ports";

/** Immutable id of a project; Docker objects are named by it. */
export const newProjectId = customAlphabet("abcdefghijklmnopqrstuvwxyz0123456789", 12);

type ParsedInput = ReturnType<typeof createProjectInput.parse>;

/**
 * Writes the wish for a new project (row, ports, subnet, operation and audit row in one transaction) and returns at once;
 * the worker does the rest.
 * `extend` writes more of the wish in the same transaction.
 * @throws InvalidError names the field; ConflictError when the reference or a chosen port is taken.
 */
export async function createProject(ctx: VerbContext, input: CreateProjectInput, extend?: (tx: Db, projectId: string) => Promise<void>): Promise<{ projectId: string; ref: string; operationId: string }> {
  await authorizeInstallation(ctx, "project.create");
  const parsed = parseInput(createProjectInput, input);
  const release = chooseRelease(parsed.release);
  const services = chooseServices(parsed.services, release);
  const sealedPassword = parsed.postgresPassword === undefined ? null : await ctx.seal(parsed.postgresPassword);
  return withFreshChoice(ctx, async (tx) => {
    const ref = await reserveRef(tx, parsed);
    const projectId = newProjectId();
    const host = await requireHost(tx);
    await insertProject(tx, ctx, { projectId, ref, hostId: host.id, parsed, release, services });
    if (sealedPassword !== null) await insertSealedSecret(tx, ctx, projectId, "postgresPassword", sealedPassword);
    const { operationId } = await startOperation(tx, ctx, {
      kind: "project.create",
      project: { id: projectId, ref },
      input: { projectId, chosenGatewayPort: parsed.gatewayPort },
      summary: `Create project ${ref}`,
      detail: { displayName: parsed.displayName, release, services },
    });
    await extend?.(tx, projectId);
    return { projectId, ref, operationId };
  });
}

/** @throws InvalidError for one that is not there */
export function chooseRelease(wished: string | undefined): string {
  const name = wished ?? defaultRelease.name;
  if (getRelease(name) === undefined) {
    throw new InvalidError({ release: `There is no release ${name} here. Choose one of: ${releaseNames().join(", ")}.` });
  }
  return name;
}

/** Services in the release's order; all of them when none is wished. @throws InvalidError for some that cannot run together */
export function chooseServices(wished: ServiceName[] | undefined, releaseName: string): ServiceName[] {
  const release = getRelease(releaseName);
  if (release === undefined) throw new InvalidError({ release: "Unknown release." });
  const services = wished ?? release.services.map((service) => service.name);
  const problems = validateServices(services, release);
  if (problems.length > 0) throw new InvalidError({ services: problems.join(" ") });
  return release.services.map((service) => service.name).filter((name) => services.includes(name));
}

/**
 * The reference that a new project gets: the wished one, or one made of its name that is free.
 * @throws ConflictError when the wished one is taken.
 */
export async function reserveRef(tx: Db, parsed: Pick<ParsedInput, "ref" | "displayName">): Promise<string> {
  const wished = parsed.ref ?? suggestRef(parsed.displayName);
  if (parsed.ref !== undefined && reservedRefs.has(parsed.ref)) throw new ConflictError("ref-taken", `${parsed.ref} is a word of the panel's own addresses. Choose another reference.`, { field: "ref" });
  const isTaken = async (ref: string) => reservedRefs.has(ref) || (await tx.project.findUnique({ where: { ref }, select: { id: true } })) !== null;
  if (!(await isTaken(wished))) return wished;
  if (parsed.ref !== undefined) throw new ConflictError("ref-taken", `The reference ${parsed.ref} is taken.`, { field: "ref" });
  for (let count = 2; count < 1000; count++) {
    const ref = `${wished.slice(0, 36)}-${count}`;
    if (!(await isTaken(ref))) return ref;
  }
  throw new ConflictError("ref-taken", `Every reference like ${wished} is taken. Choose one under Options.`, { field: "ref" });
}

/** The Docker host of new projects. @throws ConflictError `no-engine` before a worker has run */
export async function requireHost(tx: Db) {
  const host = await tx.host.findFirst({ orderBy: { createdAt: "asc" } });
  if (host === null) throw new ConflictError("no-engine", "The worker has not registered a Docker engine yet. Start it with `npm run up` and try again.");
  return host;
}

type NewProject = { projectId: string; ref: string; hostId: string; parsed: ParsedInput; release: string; services: ServiceName[] };

async function insertProject(tx: Db, ctx: VerbContext, wish: NewProject): Promise<void> {
  const { parsed } = wish;
  const ports = await allocatePorts(tx, wish.hostId, { gateway: parsed.gatewayPort, isDatabaseOpen: parsed.isDirectDatabasePortOpen ?? false, isBehindEdge: (await readEdgeSetting(tx)).isOn });
  const bindAddress = parsed.bindAddress ?? "127.0.0.1";
  const settings: ProjectSettings = {
    displayName: parsed.displayName,
    release: wish.release,
    services: wish.services,
    bindAddress,
    publicUrl: localUrl(bindAddress, ports.gateway),
    siteUrl: "http://localhost:3000",
    redirectUrls: [],
    smtp: null,
    isDirectDatabasePortOpen: parsed.isDirectDatabasePortOpen ?? false,
  };
  await tx.project.create({
    data: {
      id: wish.projectId, ref: wish.ref, hostId: wish.hostId, displayName: parsed.displayName, wish: "run", state: "creating", release: wish.release,
      settingsJson: JSON.stringify(settings), revision: 1, driftPolicy: "report",
      createdById: "userId" in ctx.actor ? ctx.actor.userId : null, createdAt: ctx.now(),
    },
  });
  await insertPorts(tx, ctx, { projectId: wish.projectId, hostId: wish.hostId, ports: { gateway: ports.gateway, "gateway-inner": ports.gatewayInner, "gateway-beside": null, "pooler-session": ports.session, "pooler-transaction": ports.transaction, database: ports.database } });
  const taken = await tx.subnetAllocation.findMany({ where: { hostId: wish.hostId }, select: { subnet: true } });
  const subnet = chooseSubnet(subnetPool(await readInstanceId(tx)), taken.map((row) => row.subnet));
  await tx.subnetAllocation.create({ data: { id: ctx.newId(), hostId: wish.hostId, subnet, projectId: wish.projectId } });
}

/** The address under which a project answers when nothing else is set. */
export function localUrl(bindAddress: string, gatewayPort: number): string {
  return `http://${bindAddress === "0.0.0.0" ? "127.0.0.1" : bindAddress}:${gatewayPort}`;
}

type AllocatedPorts = { gateway: number; gatewayInner: number | null; session: number; transaction: number; database: number | null };

async function allocatePorts(tx: Db, hostId: string, wish: { gateway: number | undefined; isDatabaseOpen: boolean; isBehindEdge: boolean }): Promise<AllocatedPorts> {
  const held = await readTakenPorts(tx, { hostId });
  const holder = wish.gateway === undefined ? undefined : held.get(wish.gateway);
  if (holder !== undefined) throw new ConflictError("port-taken", `Port ${String(wish.gateway)} belongs to ${holder}.`, { field: "gatewayPort" });
  const taken = new Set(held.keys());
  const take = (purpose: PortPurpose) => {
    const port = choosePort(purpose, taken);
    taken.add(port);
    return port;
  };
  if (wish.gateway !== undefined) taken.add(wish.gateway);
  return {
    gateway: wish.gateway ?? take("gateway"),
    gatewayInner: wish.isBehindEdge ? take("gateway-inner") : null,
    session: take("pooler-session"),
    transaction: take("pooler-transaction"),
    database: wish.isDatabaseOpen ? take("database") : null,
  };
}

/** Inserts port rows of a project; a null port is left out. */
export async function insertPorts(tx: Db, ctx: Pick<VerbContext, "newId">, wish: { projectId: string; hostId: string; ports: Record<PortPurpose, number | null> }): Promise<void> {
  for (const [purpose, port] of Object.entries(wish.ports)) {
    if (port !== null) await tx.portAllocation.create({ data: { id: ctx.newId(), hostId: wish.hostId, projectId: wish.projectId, purpose, port } });
  }
}

/** Stores a value that web sealed to the worker; the worker re-encrypts it when the operation runs. */
export async function insertSealedSecret(tx: Db, ctx: Pick<VerbContext, "newId" | "now">, projectId: string, name: string, sealed: string): Promise<void> {
  const now = ctx.now();
  const ciphertext = `sealed.${sealed}`;
  await tx.secretValue.upsert({
    where: { projectId_name: { projectId, name } },
    create: { id: ctx.newId(), projectId, name, ciphertext, createdAt: now, updatedAt: now },
    update: { ciphertext, updatedAt: now },
  });
}
