import type { z } from "zod";

/** A place in a document: names of fields and, from 0, numbers of entries. */
export type Place = readonly (string | number)[];
export type Problem = { place: Place; message: string };

type Tree = Map<string | number, Tree | string>;

/** Problems as Kong nests them: by the document's own fields, those of a whole entity under `@entity`. */
function treeOf(problems: readonly Problem[]): Tree {
  const root: Tree = new Map();
  for (const { place, message } of problems) {
    let tree = root;
    for (const key of place.slice(0, -1)) {
      const inner = tree.get(key);
      const next: Tree = inner instanceof Map ? inner : new Map();
      tree.set(key, next);
      tree = next;
    }
    tree.set(place.at(-1) ?? "error", message);
  }
  return root;
}

const isList = (tree: Tree) => [...tree.keys()].every((key) => typeof key === "number");

function toJson(tree: Tree): unknown {
  const entries = [...tree].map(([key, value]) => [key, value instanceof Map ? toJson(value) : value] as const);
  if (!isList(tree)) return Object.fromEntries(entries);
  const list: unknown[] = Array.from({ length: Math.max(...entries.map(([key]) => Number(key))) + 1 }, () => null);
  for (const [key, value] of entries) list[Number(key)] = value;
  return list;
}

const quote = (text: string) => (/["\n\\]/.test(text) ? `[[${text}]]` : `"${text}"`);

/** As a Lua table. Source: `kong/db/errors.lua`, which has Penlight write it. */
function toLua(tree: Tree): string {
  const entries = [...tree].map(([key, value], index) => {
    const name = typeof key === "number" ? (key === index ? "" : `[${String(key + 1)}]=`) : /^[A-Za-z_]\w*$/.test(key) ? `${key}=` : `["${key}"]=`;
    return name + (value instanceof Map ? toLua(value) : quote(value));
  });
  return `{${entries.join(",")}}`;
}

/** As the command line prints it. Source: pretty_print_error of `kong/db/declarative/init.lua`. */
function toLines(tree: Tree, item = "", indent = ""): string[] {
  return [...tree].flatMap(([key, value]) => {
    const name = `${indent}${typeof key === "number" ? `- in entry ${String(key + 1)} of '${item}'` : `in '${key}'`}:`;
    return value instanceof Map ? [name, ...toLines(value, String(key), `${indent}  `)] : [`${name} ${value}`];
  });
}

/** Why a document is refused: in Kong's words and its form. */
export class DeclarativeError extends Error {
  readonly fields: unknown;
  /** What the admin interface says. */
  readonly summary: string;

  constructor(problems: readonly Problem[]) {
    const tree = treeOf(problems);
    super(problems.every(({ place }) => place.length === 0) ? problems.map(({ message }) => message).join("\n") : toLines(tree).join("\n"));
    this.fields = toJson(tree);
    this.summary = `declarative config is invalid: ${toLua(tree)}`;
  }
}

const valueAt = (document: unknown, place: Place): unknown => place.reduce<unknown>((value, key) => (typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[key] : undefined), document);

/** What a schema finds in a value that stands at a place. */
export function schemaProblems(issues: readonly z.core.$ZodIssue[], value: unknown, at: Place = []): Problem[] {
  return issues.flatMap((issue) => {
    const inner = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
    const [place, found] = [[...at, ...inner], valueAt(value, inner)];
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => ({ place: [...place, key], message: "unknown field" }));
    if (found === undefined && issue.code !== "custom") return [{ place, message: "required field missing" }];
    if (issue.code === "invalid_type") return [{ place, message: `expected a ${issue.expected}` }];
    if (issue.code === "invalid_value") return [{ place, message: `expected one of: ${issue.values.map(String).join(", ")}` }];
    // What does not hold between fields of a plugin's configuration, Kong tells of the plugin.
    const entity = inner.length === 0 && at.at(-1) === "config" ? at.slice(0, -1) : place;
    return [typeof found === "object" ? { place: [...entity, "@entity", 0], message: issue.message } : { place, message: issue.message }];
  });
}
