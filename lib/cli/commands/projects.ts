import { listProjects } from "@/lib/projects/list-projects";
import type { ProjectListItem } from "@/lib/projects/views";
import type { Command } from "../command";
import { cliContext, withStore } from "../open-panel";

/** `basehold projects [--json]` */
export const projectsCommand: Command = {
  usage: "projects [--json]",
  summary: "List the projects, those in the trash included",
  flags: ["json"],
  async run({ environment, options, print }) {
    const items = await withStore(environment, async (store) => {
      const all: ProjectListItem[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await listProjects(cliContext(store), { cursor, limit: 500, includeDeleted: true });
        all.push(...page.items);
        if (page.nextCursor === null) return all;
        cursor = page.nextCursor;
      }
    });
    if (options["json"] === true) return print(JSON.stringify(items.map(({ ref, displayName, state, stateReason, release, apiUrl, createdAt }) => ({ ref, displayName, state, stateReason, release, apiUrl, createdAt }))));
    if (items.length === 0) return print("No projects yet.");
    for (const line of toTable(items.map((item) => [item.ref, item.state, item.release, item.apiUrl, oneLine(item.displayName)]))) print(line);
  },
};

/** Rows with their columns aligned. */
export function toTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((text, column) => (column === row.length - 1 ? text : text.padEnd(widths[column] ?? 0))).join("  "));
}

/** A name from the store could steer the terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{C}/gu, "·");
}
