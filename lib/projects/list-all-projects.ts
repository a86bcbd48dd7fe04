import type { VerbContext } from "@/lib/access/verb-context";
import { listProjects } from "./list-projects";
import type { ProjectListItem } from "./views";
import { visibleProjects } from "./visible";

const pageSize = 500;

/** Every project that the person may see, those in the trash included: sorting and filtering happen over all of them. */
export async function listAllProjects(ctx: VerbContext): Promise<ProjectListItem[]> {
  const items: ProjectListItem[] = [];
  let cursor: string | undefined;
  do {
    const page = await listProjects(ctx, { limit: pageSize, includeDeleted: true, cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/** References of the projects that the person may see, for a choice of one. */
export async function listProjectRefs(ctx: VerbContext): Promise<string[]> {
  const rows = await ctx.store.db.project.findMany({ where: visibleProjects(ctx.actor), select: { ref: true }, orderBy: { ref: "asc" } });
  return rows.map((row) => row.ref);
}
