import { authorize } from "@/lib/access/authorize";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { createProject } from "./create-project";
import { duplicateProjectInput, type DuplicateProjectInput } from "./inputs";
import { parseSettings } from "./settings-schema";

/**
 * Creates a new project with the settings and edge functions of an existing one. Data, keys, ports and mail password are its own:
 * no row, object or secret is copied.
 */
export async function duplicateProject(ctx: VerbContext, input: DuplicateProjectInput): Promise<{ projectId: string; ref: string; operationId: string }> {
  const parsed = parseInput(duplicateProjectInput, input);
  const source = await authorize(ctx, "project.duplicate", parsed.ref);
  const settings = parseSettings(source.settingsJson);
  const { release, services, bindAddress, isDirectDatabasePortOpen } = settings;
  const wish = { displayName: parsed.displayName, ref: parsed.newRef, release, services, bindAddress, isDirectDatabasePortOpen };
  return createProject(ctx, wish, async (tx, projectId) => {
    const row = await tx.project.findUniqueOrThrow({ where: { id: projectId } });
    const copy = { ...parseSettings(row.settingsJson), siteUrl: settings.siteUrl, redirectUrls: settings.redirectUrls };
    await tx.project.update({ where: { id: row.id }, data: { settingsJson: JSON.stringify(copy) } });
    const functions = await tx.edgeFunction.findMany({ where: { projectId: source.id }, orderBy: [{ name: "asc" }, { version: "desc" }] });
    for (const newest of functions.filter((fn, index) => functions[index - 1]?.name !== fn.name && !fn.isDeleted)) {
      await tx.edgeFunction.create({
        data: { ...newest, id: ctx.newId(), projectId: row.id, version: 1, createdAt: ctx.now(), deployedAt: null },
      });
    }
  });
}
