import type { z } from "zod";
import { authorize } from "@/lib/access/authorize";
import { ConflictError, InvalidError, NotFoundError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import { defaultStudioSettings, firstStudioUsername, type StudioSettings } from "@/lib/stack/settings";
import { projectInput } from "../inputs";
import { parseSettings } from "../settings-schema";
import { requireState, startOperation } from "../start-operation";
import { addStudioUserInput, changeStudioUserInput, removeStudioUserInput, studioSettingsInput } from "./inputs";
import type { StudioUserChange } from "./user-change";

type Started = { operationId: string };

/** Gateways compare a request with each user in turn. */
const usersMax = 50;

/** Adds a user of Studio. Without a password the worker makes one, which can be revealed then. */
export async function addStudioUser(ctx: VerbContext, input: z.input<typeof addStudioUserInput>): Promise<Started> {
  const { ref, username, password } = parseInput(addStudioUserInput, input);
  const sealed = password === undefined ? null : await ctx.seal(password);
  return changeUsers(ctx, ref, `Add ${username} to the users of Studio of ${ref}`, async (tx, projectId) => {
    if (username.toLowerCase() === firstStudioUsername) throw new InvalidError({ username: `${firstStudioUsername} is the first user of this Studio, who is there already. Choose another name.` });
    const known = await tx.dashboardUser.findMany({ where: { projectId }, select: { username: true } });
    const taken = known.find((user) => user.username.toLowerCase() === username.toLowerCase());
    if (taken !== undefined) throw new InvalidError({ username: `Studio of ${ref} has a user ${taken.username} already${taken.username === username ? "" : ", which differs only in capitals. Choose another name"}.` });
    if (known.length >= usersMax) throw new ConflictError("too-many", `Studio of ${ref} has ${usersMax} users. Remove one first.`);
    return { act: "set", id: ctx.newId(), username, sealed };
  });
}

/** Gives a user of Studio another password: a typed one, or one that the worker makes. The old one opens nothing from then on. */
export async function changeStudioUser(ctx: VerbContext, input: z.input<typeof changeStudioUserInput>): Promise<Started> {
  const { ref, username, password } = parseInput(changeStudioUserInput, input);
  const sealed = password === undefined ? null : await ctx.seal(password);
  return changeUsers(ctx, ref, `Change the password of ${username} at Studio of ${ref}`, async (tx, projectId) => ({ act: "set", id: await idOf(tx, { projectId, ref, username, ofFirst: "gets no password that is typed. Make another one for the first user instead." }), username, sealed }));
}

/** Takes a user of Studio away. */
export async function removeStudioUser(ctx: VerbContext, input: z.input<typeof removeStudioUserInput>): Promise<Started> {
  const { ref, username } = parseInput(removeStudioUserInput, input);
  return changeUsers(ctx, ref, `Remove ${username} from the users of Studio of ${ref}`, async (tx, projectId) => ({ act: "remove", id: await idOf(tx, { projectId, ref, username, ofFirst: "cannot be removed: the panel signs in as this user for you." }), username }));
}

/** Makes another password for the first user, by whom the panel opens Studio too. Sessions from the panel go on. */
export async function renewFirstStudioUser(ctx: VerbContext, input: z.input<typeof projectInput>): Promise<Started> {
  const { ref } = parseInput(projectInput, input);
  return changeUsers(ctx, ref, `Make another password for the first user of Studio of ${ref}`, () => Promise.resolve({ act: "renew-first" }));
}

/** `ofFirst`: what to say of the first user, who is there without a row. */
async function idOf(tx: Db, { projectId, ref, username, ofFirst }: { projectId: string; ref: string; username: string; ofFirst: string }): Promise<string> {
  const row = await tx.dashboardUser.findUnique({ where: { projectId_username: { projectId, username } }, select: { id: true } });
  if (row !== null) return row.id;
  if (username === firstStudioUsername) throw new ConflictError("first-user", `${username} is the first user of Studio of ${ref} and ${ofFirst}`);
  throw new NotFoundError(`Studio of ${ref} has no user ${username}.`);
}

/** Writes the wish, with the users as they are now to go back to. */
async function changeUsers(ctx: VerbContext, ref: string, summary: string, choose: (tx: Db, projectId: string) => Promise<StudioUserChange>): Promise<Started> {
  const project = await authorize(ctx, "studio.users", ref);
  return ctx.store.transaction(async (tx) => {
    await requireState(tx, project, ["ready"], "given other users of Studio");
    const { settingsJson } = await tx.project.findUniqueOrThrow({ where: { id: project.id }, select: { settingsJson: true } });
    if (!parseSettings(settingsJson).services.includes("studio")) throw new ConflictError("no-studio", `${ref} runs without Studio.`);
    const change = await choose(tx, project.id);
    const before = await tx.dashboardUser.findMany({ where: { projectId: project.id } });
    return startOperation(tx, ctx, { kind: "studio.users", project, input: { projectId: project.id, change, before }, summary, detail: change.act === "renew-first" ? {} : { username: change.username } });
  });
}

/**
 * Changes where Studio answers and from which networks.
 * @throws ConflictError `same-state` when nothing would change, `unreachable` when Studio would answer nowhere any more.
 */
export async function changeStudioSettings(ctx: VerbContext, input: z.input<typeof studioSettingsInput>): Promise<Started> {
  const { ref, ...wished } = parseInput(studioSettingsInput, input);
  const project = await authorize(ctx, "studio.change", ref);
  return ctx.store.transaction(async (tx) => {
    await requireState(tx, project, ["ready"], "given other settings of Studio");
    const row = await tx.project.findUniqueOrThrow({ where: { id: project.id }, include: { domains: true, ports: true } });
    const before = parseSettings(row.settingsJson).studio ?? null;
    const after: StudioSettings = { ...defaultStudioSettings, ...before, ...withoutUndefined(wished) };
    if (JSON.stringify(after) === JSON.stringify(before ?? defaultStudioSettings)) throw new ConflictError("same-state", `That is how Studio of ${ref} is set already.`);
    const isBehindEdge = row.ports.some(({ purpose }) => purpose === "gateway-inner");
    requireReachable(ref, after, isBehindEdge ? row.domains.filter(({ state }) => state === "open") : []);
    return startOperation(tx, ctx, { kind: "studio.settings", project, input: { projectId: project.id, before, after }, summary: `Change who reaches Studio of ${ref}`, detail: { before, after } });
  });
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Partial<T>;
}

function requireReachable(ref: string, { isOnApiNames, isOnLocalAddress }: StudioSettings, names: readonly { kind: string }[]): void {
  const isNamed = names.some(({ kind }) => kind === "studio") || (isOnApiNames && names.some(({ kind }) => kind !== "studio"));
  if (isOnLocalAddress || isNamed) return;
  throw new ConflictError("unreachable", `Studio of ${ref} would answer nowhere: there is no name at which the edge serves it. Add one under Domains first, or keep the address on the machine.`);
}
