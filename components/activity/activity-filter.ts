import { readQuery } from "@/components/ui/query-string";
import type { FilterSpec } from "@/components/ui/filter-bar";

/** What an activity page asks for; the verb parses it again. */
export type ActivityFilter = { cursor?: string; limit?: number; projectRef?: string; actor?: string; action?: string; from?: string; to?: string };

type Query = Readonly<Record<string, string | string[] | undefined>>;

/** Kinds of acts by the prefix of their name, as people think of them. */
const kinds = [
  { value: "project.", label: "Projects" },
  { value: "function.", label: "Functions" },
  { value: "operation.", label: "Cancel and retry" },
  { value: "secret.", label: "Revealed secrets" },
  { value: "team.", label: "Team" },
  { value: "account.", label: "Accounts" },
  { value: "session.", label: "Sessions" },
  { value: "token.", label: "Tokens" },
] as const;

const day = /^\d{4}-\d{2}-\d{2}$/;
const dayMs = 86_400_000;

/** The filter of an activity page from its query string. What cannot be read is left out; the last day counts whole. */
export function readActivityFilter(query: Query): ActivityFilter {
  const from = readQuery(query, "from");
  const to = readQuery(query, "to");
  const ref = readQuery(query, "project");
  const filter: ActivityFilter = { actor: readQuery(query, "actor")?.slice(0, 200), action: readQuery(query, "action")?.slice(0, 100), cursor: readQuery(query, "cursor")?.slice(0, 200) };
  if (ref !== undefined && /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/.test(ref)) filter.projectRef = ref;
  if (from !== undefined && day.test(from)) filter.from = toIso(Date.parse(from));
  if (to !== undefined && day.test(to)) filter.to = toIso(Date.parse(to) + dayMs - 1);
  return filter;
}

function toIso(ms: number): string | undefined {
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** The filters that an activity page offers. `refs`: projects to choose from, or null inside of one project. */
export function activityFilters(refs: readonly string[] | null): FilterSpec[] {
  return [
    { kind: "search", name: "actor", label: "Who" },
    { kind: "select", name: "action", label: "Any act", options: kinds },
    ...(refs === null ? [] : [{ kind: "select" as const, name: "project", label: "Any project", options: refs.map((ref) => ({ value: ref, label: ref })) }]),
    { kind: "date", name: "from", label: "From" },
    { kind: "date", name: "to", label: "To" },
  ];
}

/** Address of the CSV of everything that the filter finds. */
export function activityCsvHref(filter: ActivityFilter): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== undefined && name !== "cursor" && name !== "limit") params.set(name, String(value));
  const text = params.toString();
  return text === "" ? "/api/v1/audit.csv" : `/api/v1/audit.csv?${text}`;
}
