import type { ServiceName } from "@/lib/stack/desired";
import type { ServiceCatalogueItem } from "@/lib/stack/releases";

/** A service of a release as the forms show it: what it costs and what stops working without it. */
export type ServiceChoice = Omit<ServiceCatalogueItem, "requires" | "image"> & { requires: readonly ServiceName[] };

/** Adds or takes away one service. What needs a removed one goes with it; what an added one needs comes with it. */
export function toggleService(catalogue: readonly ServiceChoice[], selected: readonly string[], name: ServiceName, isOn: boolean): ServiceName[] {
  const chosen = new Set<string>(selected);
  const add = (wished: ServiceName) => {
    if (chosen.has(wished)) return;
    chosen.add(wished);
    for (const need of catalogue.find((item) => item.name === wished)?.requires ?? []) add(need);
  };
  const drop = (unwished: ServiceName) => {
    chosen.delete(unwished);
    for (const item of catalogue) if (chosen.has(item.name) && item.requires.includes(unwished) && !item.isRequired) drop(item.name);
  };
  if (isOn) {
    add(name);
    for (const need of catalogue.find((item) => item.name === name)?.requires ?? []) add(need);
  } else {
    drop(name);
  }
  return catalogue.filter((item) => item.isRequired || chosen.has(item.name)).map((item) => item.name);
}

/** Memory that the chosen services need together. */
export function memoryOf(catalogue: readonly ServiceChoice[], selected: readonly string[]): number {
  return catalogue.filter((item) => selected.includes(item.name)).reduce((sum, item) => sum + item.memoryBytes, 0);
}
