type Query = Readonly<Record<string, string | string[] | undefined>>;

/** One value of a query parameter; the first when it was given several times. */
export function readQuery(query: Query, name: string): string | undefined {
  const value = query[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === "" ? undefined : first;
}

/** A path with the query changed: `null` takes a parameter away, and a changed filter always goes back to the first page. */
export function withQuery(path: string, query: Query, changes: Readonly<Record<string, string | null>>): string {
  const params = new URLSearchParams();
  for (const name of Object.keys(query)) {
    const value = readQuery(query, name);
    if (value !== undefined && name !== "cursor") params.set(name, value);
  }
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return text === "" ? path : `${path}?${text}`;
}
