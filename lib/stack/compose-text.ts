import { Document, isScalar, Scalar, visit } from "yaml";

/** A text that Compose's interpolation gives back unchanged. */
export function escapeDollars(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/**
 * Turns plain values into texts that refer to the variables of the `.env` file: wherever a variable's value occurs, its name is
 * written, longest values first; everything else is escaped. Short values are left alone, because `supabase` or `5432` occur by chance.
 */
export function makeInterpolator(variables: Readonly<Record<string, string>>): (text: string) => string {
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(variables)) if (value.length >= shortestReplaced && !names.has(value)) names.set(value, name);
  if (names.size === 0) return escapeDollars;
  const longestFirst = [...names.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  return (text) => {
    let rest = 0;
    const parts: string[] = [];
    for (const match of text.matchAll(pattern)) {
      parts.push(escapeDollars(text.slice(rest, match.index)), `\${${names.get(match[0]) ?? ""}}`);
      rest = match.index + match[0].length;
    }
    return [...parts, escapeDollars(text.slice(rest))].join("");
  };
}

const shortestReplaced = 12;

/** The text of a `.env` file as Compose reads it: plain where nothing is special, in single quotes where those keep it as it is, else escaped. */
export function toDotenv(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join("");
}

function quote(value: string): string {
  if (/^[A-Za-z0-9_./:@,+=-]*$/.test(value)) return value;
  if (!/['\\\n\r]/.test(value)) return `'${value}'`;
  const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("$", "\\$").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `"${escaped}"`;
}

/** Characters that a YAML reader refuses when they stand unescaped, or reads as line breaks. */
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** YAML in which every string is quoted as in JSON: no reader takes `no`, `08` or `12:30` for anything else. */
export function toComposeYaml(value: unknown, comment: string): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(key, node) {
      if (key !== "key" && isScalar(node) && typeof node.value === "string") node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  document.commentBefore = comment;
  const text = document.toString({ lineWidth: 0, doubleQuotedAsJSON: true });
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
