import { authorize } from "@/lib/access/authorize";
import { ConflictError, NotFoundError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import { deleteFunctionInput, deployFunctionInput, type DeployFunctionInput } from "./inputs";
import { parseSettings } from "./settings-schema";
import { requireState, startOperation } from "./start-operation";

type ProjectRow = Awaited<ReturnType<typeof authorize>>;

async function requireFunctions(tx: Db, project: ProjectRow): Promise<void> {
  if (!parseSettings(project.settingsJson).services.includes("functions")) throw new ConflictError("no-functions-service", `${project.ref} runs without the functions service. Add it under Settings first.`);
  await requireState(tx, project, ["ready"], "given functions");
}

async function newestVersion(tx: Db, projectId: string, name: string) {
  return tx.edgeFunction.findFirst({ where: { projectId, name }, orderBy: { version: "desc" } });
}

/** Stores a new version of an edge function and has the worker put it in force. Earlier versions stay in the history. */
export async function deployFunction(ctx: VerbContext, input: DeployFunctionInput): Promise<{ operationId: string; version: number }> {
  const { ref, name, files } = parseInput(deployFunctionInput, input);
  const project = await authorize(ctx, "function.write", ref);
  return ctx.store.transaction(async (tx) => {
    await requireFunctions(tx, project);
    const version = ((await newestVersion(tx, project.id, name))?.version ?? 0) + 1;
    const sizeBytes = files.reduce((sum, file) => sum + Math.floor(file.contentBase64.length * 0.75), 0);
    await tx.edgeFunction.create({
      data: {
        id: ctx.newId(), projectId: project.id, name, version, filesJson: JSON.stringify(files), sizeBytes, isDeleted: false,
        createdById: "userId" in ctx.actor ? ctx.actor.userId : null, createdAt: ctx.now(),
      },
    });
    const { operationId } = await startOperation(tx, ctx, { kind: "function.deploy", project, input: { projectId: project.id, name, version }, summary: `Deploy function ${name} to ${ref}`, detail: { name, version, files: files.length, sizeBytes } });
    return { operationId, version };
  });
}

/** Takes an edge function out of service. Its versions stay in the history. */
export async function deleteFunction(ctx: VerbContext, input: { ref: string; name: string }): Promise<{ operationId: string }> {
  const { ref, name } = parseInput(deleteFunctionInput, input);
  const project = await authorize(ctx, "function.write", ref);
  return ctx.store.transaction(async (tx) => {
    await requireFunctions(tx, project);
    const newest = await newestVersion(tx, project.id, name);
    if (newest === null || newest.isDeleted) throw new NotFoundError(`${ref} has no function ${name}.`);
    await tx.edgeFunction.create({
      data: { id: ctx.newId(), projectId: project.id, name, version: newest.version + 1, filesJson: "[]", sizeBytes: 0, isDeleted: true, createdById: "userId" in ctx.actor ? ctx.actor.userId : null, createdAt: ctx.now() },
    });
    return startOperation(tx, ctx, { kind: "function.delete", project, input: { projectId: project.id, name, version: newest.version + 1 }, summary: `Delete function ${name} of ${ref}`, detail: { name } });
  });
}
