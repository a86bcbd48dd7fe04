import { edgeImage } from "@/lib/gateway/edge-port";
import { releases } from "@/lib/stack/releases";
import type { StandIn } from "../image";
import type { Recipe } from "../recipe";
import { caddyRecipe } from "./caddy";
import { envoyRecipe } from "./envoy";
import { metaRecipe } from "./meta";
import { poolerRecipe } from "./pooler";
import { postgresRecipe } from "./postgres";
import { restRecipe } from "./rest";
import { standInRecipe } from "./stand-in";
import { standIn as auth } from "../stand-ins/auth/image";
import { standIn as functions } from "../stand-ins/functions/image";
import { standIn as imgproxy } from "../stand-ins/imgproxy/image";
import { standIn as kong } from "../stand-ins/kong/image";
import { standIn as realtime } from "../stand-ins/realtime/image";
import { standIn as storage } from "../stand-ins/storage/image";
import { standIn as studio } from "../stand-ins/studio/image";

const standIns: readonly StandIn[] = [auth, functions, imgproxy, kong, realtime, storage, studio];

/** One for every repository of the release catalogue, and the edge's. */
export const recipes: readonly Recipe[] = [postgresRecipe, restRecipe, envoyRecipe, caddyRecipe, metaRecipe, poolerRecipe, ...standIns.map(standInRecipe)];

export type Reference = { repository: string; tag: string };

/** Splits `repository:tag`. */
export function parseReference(image: string): Reference {
  const colon = image.lastIndexOf(":");
  if (colon <= 0) throw new Error(`${image} has no tag.`);
  return { repository: image.slice(0, colon), tag: image.slice(colon + 1) };
}

/** Every image that a release of the catalogue runs and the edge's, each once. */
export function catalogueImages(): string[] {
  return [...new Set([edgeImage, ...releases.flatMap((release) => [...release.services.map((service) => service.image), release.kongImage])])].sort();
}

/** The recipe of a repository. */
export function findRecipe(repository: string): Recipe | undefined {
  return recipes.find((recipe) => recipe.repository === repository);
}
