import type { ProjectListItem } from "@/lib/projects/views";

export const sortNames = ["name", "state", "release", "memory", "created"] as const;
export type SortName = (typeof sortNames)[number];
export type Sorting = { by: SortName; isDescending: boolean };

/** Reads `name`, `-memory`…; anything else sorts by name. */
export function parseSorting(text: string | undefined): Sorting {
  const isDescending = text?.startsWith("-") ?? false;
  const by = sortNames.find((name) => name === text?.replace(/^-/, "")) ?? "name";
  return { by, isDescending };
}

/** What a column's header links to: its own order first, then the other way round. */
export function nextSorting(now: Sorting, by: SortName): string {
  return now.by === by && !now.isDescending ? `-${by}` : by;
}

const urgency: Record<string, number> = { failed: 0, degraded: 1, unknown: 2, deleting: 3, creating: 4, ready: 5, paused: 6, deleted: 7 };
const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });

const compare: Record<SortName, (a: ProjectListItem, b: ProjectListItem) => number> = {
  name: (a, b) => collator.compare(a.displayName, b.displayName),
  state: (a, b) => (urgency[a.state] ?? 9) - (urgency[b.state] ?? 9),
  release: (a, b) => collator.compare(a.release, b.release),
  memory: (a, b) => (a.memoryBytes ?? -1) - (b.memoryBytes ?? -1),
  created: (a, b) => a.createdAt.localeCompare(b.createdAt),
};

/** A sorted copy; equal rows stay in the order of their references, so nothing jumps while live data arrives. */
export function sortProjects(items: readonly ProjectListItem[], sorting: Sorting): ProjectListItem[] {
  const sign = sorting.isDescending ? -1 : 1;
  return [...items].sort((a, b) => sign * compare[sorting.by](a, b) || collator.compare(a.ref, b.ref));
}

/** Rows whose name or reference holds the text and whose state is the one asked for. */
export function filterProjects(items: readonly ProjectListItem[], filter: { text: string | undefined; state: string | undefined }): ProjectListItem[] {
  const needle = filter.text?.normalize("NFC").toLocaleLowerCase();
  return items.filter((item) => {
    if (filter.state === undefined ? item.state === "deleted" : item.state !== filter.state) return false;
    return needle === undefined || item.displayName.toLocaleLowerCase().includes(needle) || item.ref.includes(needle);
  });
}
