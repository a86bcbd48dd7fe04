import { z } from "zod";
import { authorize } from "@/lib/access/authorize";
import type { VerbContext } from "@/lib/access/verb-context";
import type { FunctionView } from "./views";

const storedFiles = z.array(z.object({ path: z.string(), contentBase64: z.string() }));

/** Edge functions of a project in their newest version, with their files. */
export async function listFunctions(ctx: VerbContext, ref: string): Promise<FunctionView[]> {
  const project = await authorize(ctx, "function.write", ref);
  const rows = await ctx.store.db.edgeFunction.findMany({ where: { projectId: project.id }, orderBy: [{ name: "asc" }, { version: "desc" }] });
  return rows
    .filter((row, index) => rows[index - 1]?.name !== row.name && !row.isDeleted)
    .map((row) => ({
      name: row.name,
      version: row.version,
      sizeBytes: row.sizeBytes,
      deployedAt: row.deployedAt?.toISOString() ?? null,
      createdAt: row.createdAt.toISOString(),
      files: storedFiles.parse(JSON.parse(row.filesJson)),
    }));
}
