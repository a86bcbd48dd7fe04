/**
 * Reads a `.env` file and interpolates as Docker Compose v5 does (compose-go's `dotenv` and `template`), written from their source for
 * the tests; the Docker tests hold the same folder against the real Compose.
 */
export function readDotenv(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (let rest = text; rest.trim() !== ""; ) {
    const name = /^\s*([A-Za-z_][A-Za-z0-9_]*)=/.exec(rest);
    if (name?.[1] === undefined) throw new Error(`Not an assignment: ${rest.slice(0, 40)}`);
    const [value, after] = readValue(rest.slice(name[0].length));
    values[name[1]] = value;
    rest = after;
  }
  return values;
}

function readValue(text: string): [value: string, rest: string] {
  const quote = text[0];
  if (quote !== "'" && quote !== '"') {
    const line = text.split("\n", 1)[0] ?? "";
    return [interpolate((line.split(/\s#/, 1)[0] ?? "").trim(), {}), text.slice(line.length)];
  }
  let chars = "";
  let isEscaped = false;
  for (let index = 1; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === quote && !isEscaped) {
      const value = quote === '"' ? interpolate(expandEscapes(chars), {}) : chars;
      return [value, text.slice(index + 1)];
    }
    if (character !== quote && isEscaped) chars += "\\";
    if (character === "\\" && !isEscaped) {
      isEscaped = true;
      continue;
    }
    isEscaped = false;
    chars += character;
  }
  throw new Error("A quote is never closed.");
}

function expandEscapes(text: string): string {
  const meanings: Record<string, string> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", $: "$$" };
  return text.replace(/\\([abcfnrtv$"\\])/g, (match, letter: string) => meanings[letter] ?? match);
}

/** Compose's interpolation: `$$` is a dollar, `${NAME}` and `${NAME:-default}` are values. */
export function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))|\$/g, (match, braced?: string, fallback?: string, bare?: string) => {
    if (match === "$$") return "$";
    const name = braced ?? bare;
    if (name === undefined) throw new Error(`Invalid interpolation format: ${text}`);
    const value = values[name];
    if (value === undefined && fallback === undefined) throw new Error(`The variable ${name} is not set.`);
    return value === undefined || value === "" ? (fallback ?? value ?? "") : value;
  });
}
