/** The name itself, or with the first number that makes it one of a kind. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const numbered = count === 1 ? name : `${name.slice(0, 74)} (${count})`;
    if (!taken.has(numbered)) return numbered;
  }
}

/** An id that tells the route in the gateway's log, from its name where that has letters for it. */
export function newRouteId(name: string, taken: ReadonlySet<string>): string {
  const word = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, 50) || "route";
  for (let count = 1; ; count++) {
    const id = count === 1 ? `own-${word}` : `own-${word}-${count}`;
    if (!taken.has(id)) return id;
  }
}
