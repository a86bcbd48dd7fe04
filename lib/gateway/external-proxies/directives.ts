/** A line of a configuration in blocks, as Nginx and Caddy have it: a name, arguments, and perhaps lines inside. */
export type Directive = { name: string; args: readonly string[]; block?: readonly Directive[]; comment?: string };

export const directive = (name: string, ...args: string[]): Directive => ({ name, args });
export const block = (name: string, args: readonly string[], lines: readonly Directive[]): Directive => ({ name, args, block: lines });

const bare = /^[A-Za-z0-9_.:/$@*,=+~[\]{}-]+$/;

/** An argument as it stands in the file. Quotes and backslashes are escaped; a control character has no place in a configuration. */
function quote(text: string): string {
  if (/[\x00-\x1f\x7f]/.test(text)) throw new RangeError("A value of the configuration holds a control character.");
  return bare.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Writes directives as text; `end` closes a line (`;` for Nginx). */
export function writeDirectives(lines: readonly Directive[], end: string, indent = ""): string {
  return lines.map(({ name, args, block: inner, comment }) => {
    const head = [name, ...args.map(quote)].filter((part) => part !== "").join(" ");
    const note = comment === undefined ? "" : `${indent}# ${comment}\n`;
    return inner === undefined ? `${note}${indent}${head}${end}\n` : `${note}${indent}${head} {\n${writeDirectives(inner, end, `${indent}    `)}${indent}}\n`;
  }).join("");
}

export const header = "# Written by Basehold. Draw it anew when the project's names or address change.\n";
