/** Headers typed one a line, by name in lower case; a name that comes again has a list. */
export function readHeaders(text: string): { values: Record<string, string | string[]>; problem: string | undefined } {
  const values: Record<string, string | string[]> = {};
  let problem: string | undefined;
  for (const line of text.split("\n").map((one) => one.trim()).filter((one) => one !== "")) {
    const [, name, value = ""] = /^([^\s:]+)\s*:\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) {
      problem ??= `Write a name, a colon and a value: ${line}`;
      continue;
    }
    const key = name.toLowerCase();
    const known = Object.hasOwn(values, key) ? values[key] : undefined;
    values[key] = known === undefined ? value : [known, value].flat();
  }
  return { values, problem };
}
