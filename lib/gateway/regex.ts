import { RE2JS } from "re2js";

/** Characters of a regular expression, and instructions of its compiled program: what a hand-written route needs many times over. */
const maxLength = 512;
const maxProgramSize = 500;

const compiled = new Map<string, RE2JS>();

function compile(source: string): RE2JS {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const expression = RE2JS.compile(source);
  if (compiled.size > 2000) compiled.clear();
  compiled.set(source, expression);
  return expression;
}

/** What is wrong with an expression in RE2 syntax, in a sentence with the way out; undefined when a gateway takes it. */
export function findRegexProblem(source: string): string | undefined {
  if (source === "") return "The regular expression is empty. Write one, for example /orders/[0-9]+.";
  if (source.length > maxLength) return `The regular expression is longer than ${maxLength} characters. Split it into several routes.`;
  if (/\\[pP]/.test(source)) return "The regular expression names letters of all scripts (\\p), which paths and header values do not hold. Write [A-Za-z].";
  try {
    if (compile(source).programSize() > maxProgramSize) return "The regular expression grows too large, mostly by repeats such as {100}. Use + or *, or split it into several routes.";
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : "it is not understood";
    const hint = /\(\?(?:[=!]|<[=!])|\\[1-9]/.test(source) ? " Look-around and back-references do not exist there." : "";
    return `The regular expression is not RE2: ${reason}.${hint}`;
  }
}

/** Whether the expression matches the whole text, in time that grows with the text alone. The expression must be one without a problem. */
export function isRegexMatch(source: string, text: string): boolean {
  return compile(source).testExact(text);
}
