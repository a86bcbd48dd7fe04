import { LineCounter, isMap, isNode, isScalar, isSeq, parseDocument, visit, type Document, type YAMLMap } from "yaml";
import { kongTextTooLarge, maxKongLooks, maxKongTextBytes } from "./import-kong-limits";

/** Where something stands in the text, both counted from 1. */
export type TextPosition = { line: number; column: number };
export type TextProblem = TextPosition & { message: string };

const maxAliases = 100;
const tooDeep = "Lists and maps stand in one another too deeply here. A kong.yml has about ten levels.";

type Path = readonly (string | number)[];

/** One value of the document, and where it stands. Everything can be asked of every value: what is not there is undefined. */
export class Place {
  constructor(private readonly source: Source, readonly value: unknown, private readonly path: Path) {}

  field(name: string): Place {
    this.source.look(1);
    const value = this.isMap && !comments.has(name) && Object.hasOwn(this.value as object, name) ? (this.value as Record<string, unknown>)[name] : undefined;
    return new Place(this.source, value, [...this.path, name]);
  }

  items(): Place[] {
    if (Array.isArray(this.value)) this.source.look(this.value.length);
    return Array.isArray(this.value) ? this.value.map((value: unknown, index) => new Place(this.source, value, [...this.path, index])) : [];
  }

  /** Names of a map's fields, in order; empty for anything else. Comments that the format has fields for are none. */
  keys(): string[] {
    return this.isMap ? Object.keys(this.value as object).filter((name) => !comments.has(name)) : [];
  }

  /** Counts further work on the file. @throws KongTextTooMuch when it was too much. */
  look(times: number): void {
    this.source.look(times);
  }

  get isMap(): boolean {
    return typeof this.value === "object" && this.value !== null && !Array.isArray(this.value);
  }

  get isList(): boolean {
    return Array.isArray(this.value);
  }

  get isThere(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  get text(): string | undefined {
    return typeof this.value === "string" ? this.value : undefined;
  }

  get number(): number | undefined {
    return typeof this.value === "number" ? this.value : undefined;
  }

  get flag(): boolean | undefined {
    return typeof this.value === "boolean" ? this.value : undefined;
  }

  /** The texts of a list, others left out. */
  get texts(): string[] {
    return this.items().flatMap(({ text }) => (text === undefined ? [] : [text]));
  }

  get position(): TextPosition {
    return this.source.find(this.path);
  }

  /** As people point at it: `services.2.routes.0`. */
  get where(): string {
    return this.path.join(".");
  }
}

/** Fields that the format has for comments. */
const comments: ReadonlySet<string> = new Set(["_comment", "_ignore"]);

/** A file whose parts apply to each other so often that reading it would hold everything else up. */
export class KongTextTooMuch extends Error {}

class Source {
  #looks = 0;
  readonly #values = new WeakMap<YAMLMap, ReadonlyMap<string, unknown>>();

  constructor(private readonly document: Document, private readonly lines: LineCounter) {}

  look(times: number): void {
    this.#looks += times;
    if (this.#looks > maxKongLooks) throw new KongTextTooMuch();
  }

  /** Of the value, or of the nearest one around it that stands in the text by itself (a value behind an alias does not). */
  find(path: Path): TextPosition {
    let node: unknown = this.document.contents;
    let start = isNode(node) ? node.range?.[0] : undefined;
    for (const step of path) {
      node = isMap(node) ? this.#valuesOf(node).get(String(step)) : isSeq(node) ? node.items[Number(step)] : undefined;
      if (!isNode(node)) break;
      start = node.range?.[0] ?? start;
    }
    if (start === undefined) return { line: 1, column: 1 };
    const { line, col } = this.lines.linePos(start);
    return { line, column: col };
  }

  #valuesOf(map: YAMLMap): ReadonlyMap<string, unknown> {
    const known = this.#values.get(map);
    if (known !== undefined) return known;
    const values = new Map(map.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : "", value] as const));
    this.#values.set(map, values);
    return values;
  }
}

/** Where the first key stands that its map has already; the library's own look for them takes the square of a map's size. */
function findRepeatedKey(document: Document): number | undefined {
  let found: number | undefined;
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          found = key.range?.[0];
          return visit.BREAK;
        }
        seen.add(key.value);
      }
      return undefined;
    },
  });
  return found;
}

/** Reads a text as one YAML document. Never throws: what is wrong comes back with its place. */
export function readKongText(text: string): { root: Place } | { problems: TextProblem[] } {
  const refuse = (message: string, position: TextPosition = { line: 1, column: 1 }) => ({ problems: [{ ...position, message }] });
  if (new TextEncoder().encode(text).length > maxKongTextBytes) return refuse(kongTextTooLarge);
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, merge: true, logLevel: "error" });
    const placed = (offset: number): TextPosition => {
      const { line, col } = lines.linePos(offset);
      return { line, column: col };
    };
    const [error] = document.errors;
    if (error?.code === "RESOURCE_EXHAUSTION") return refuse(tooDeep, placed(error.pos[0]));
    if (error !== undefined) return refuse(`This is no YAML: ${error.message}`, placed(error.pos[0]));
    const repeated = findRepeatedKey(document);
    if (repeated !== undefined) return refuse("This is no YAML: a name stands twice in one place. Keep one of the two.", placed(repeated));
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    return { root: new Place(new Source(document, lines), value, []) };
  } catch (error) {
    if (error instanceof RangeError) return refuse(tooDeep);
    return refuse(error instanceof ReferenceError ? "The text repeats itself by aliases too often. Write the repeated parts out." : "The text cannot be read as YAML.");
  }
}
