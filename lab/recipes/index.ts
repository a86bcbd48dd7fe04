import { existsSync } from "node:fs";
import { releases } from "@/lib/stack/releases";
import type { StandIn } from "../image";
import type { Recipe } from "../recipe";
import { envoyRecipe } from "./envoy";
import { metaRecipe } from "./meta";
import { poolerRecipe } from "./pooler";
import { postgresRecipe } from "./postgres";
import { restRecipe } from "./rest";
import { standInRecipe } from "./stand-in";

async function arriving(): Promise<Recipe[]> {
  const found: Recipe[] = [];
  for (const name of ["auth", "storage", "realtime", "studio", "imgproxy", "functions"]) {
    const path = new URL(`../stand-ins/${name}/image.ts`, import.meta.url);
    if (!existsSync(path)) continue;
    const module = (await import(path.href)) as { standIn: StandIn };
    found.push(standInRecipe(module.standIn));
  }
  return found;
}

export const recipes: readonly Recipe[] = [postgresRecipe, restRecipe, envoyRecipe, metaRecipe, poolerRecipe, ...(await arriving())];

export type Reference = { repository: string; tag: string };

/** Splits `repository:tag`. */
export function parseReference(image: string): Reference {
  const colon = image.lastIndexOf(":");
  if (colon <= 0) throw new Error(`${image} has no tag.`);
  return { repository: image.slice(0, colon), tag: image.slice(colon + 1) };
}

/** Every image that a release of the catalogue runs, each once. */
export function catalogueImages(): string[] {
  return [...new Set(releases.flatMap((release) => release.services.map((service) => service.image)))].sort();
}

/** The recipe of a repository. */
export function findRecipe(repository: string): Recipe | undefined {
  return recipes.find((recipe) => recipe.repository === repository);
}
