import type { StudioView } from "@/lib/projects/views";

/** Why Studio has to answer at the project's address on the machine; undefined where a name serves it as well. */
export function whyOnLocalAddress({ isBehindEdge, addresses }: Pick<StudioView, "isBehindEdge" | "addresses">, isOnApiNames: boolean): string | undefined {
  if (!isBehindEdge) return "Without the edge it is the project's only address: off, Studio would answer nowhere.";
  const isNamed = addresses.some(({ kind }) => kind === "own-name" || (isOnApiNames && kind === "api-name"));
  return isNamed ? undefined : "No name serves Studio: off, it would answer nowhere. Add one under Domains first.";
}
