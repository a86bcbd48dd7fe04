import { LineCounter, isNode, parseDocument, type Document } from "yaml";
import { maxKongTextBytes } from "./import-kong-limits";

/** Where something stands in the text, both counted from 1. */
export type TextPosition = { line: number; column: number };
export type TextProblem = TextPosition & { message: string };

const maxAliases = 100;

type Path = readonly (string | number)[];

/** One value of the document, and where it stands. Everything can be asked of every value: what is not there is undefined. */
export class Place {
  constructor(private readonly source: Source, readonly value: unknown, private readonly path: Path) {}

  field(name: string): Place {
    const value = this.keys().includes(name) ? (this.value as Record<string, unknown>)[name] : undefined;
    return new Place(this.source, value, [...this.path, name]);
  }

  items(): Place[] {
    return Array.isArray(this.value) ? this.value.map((value: unknown, index) => new Place(this.source, value, [...this.path, index])) : [];
  }

  /** Names of a map's fields, in order; empty for anything else. Comments that the format has fields for are none. */
  keys(): string[] {
    return typeof this.value === "object" && this.value !== null && !Array.isArray(this.value) ? Object.keys(this.value).filter((name) => name !== "_comment" && name !== "_ignore") : [];
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

class Source {
  constructor(private readonly document: Document, private readonly lines: LineCounter) {}

  /** Of the value, or of the nearest one around it that stands in the text by itself (a value behind an alias does not). */
  find(path: Path): TextPosition {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = length === 0 ? this.document.contents : this.document.getIn(path.slice(0, length), true);
      if (!isNode(node) || !node.range) continue;
      const { line, col } = this.lines.linePos(node.range[0]);
      return { line, column: col };
    }
    return { line: 1, column: 1 };
  }
}

/** Reads a text as one YAML document. Never throws: what is wrong comes back with its place. */
export function readKongText(text: string): { root: Place } | { problems: TextProblem[] } {
  const refuse = (message: string, position: TextPosition = { line: 1, column: 1 }) => ({ problems: [{ ...position, message }] });
  if (new TextEncoder().encode(text).length > maxKongTextBytes) return refuse(`The text is larger than ${String(maxKongTextBytes / 1024)} KiB. Paste the kong.yml alone.`);
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, merge: true, logLevel: "error" });
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      return refuse(`This is no YAML: ${error.message}`, { line, column: col });
    }
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    return { root: new Place(new Source(document, lines), value, []) };
  } catch (error) {
    if (error instanceof RangeError) return refuse("The text is nested too deeply.");
    return refuse(error instanceof ReferenceError ? "The text repeats itself by aliases too often. Write the repeated parts out." : "The text cannot be read as YAML.");
  }
}
