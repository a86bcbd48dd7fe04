import { contentHash } from "./content-hash";
import type { Layer } from "./layers";
import type { ImageConfig } from "./registry-client";

/** One image under one tag, before anything is made. */
export type ImagePlan = {
  /** The label `basehold.lab.source`: what really is inside. */
  source: string;
  /** The label `basehold.lab.stand-in`, for what is not the real program. */
  standIn?: string;
  layers: Layer[];
  config: Omit<ImageConfig, "Labels">;
};

/** How the lab makes the images of one official repository. */
export type Recipe = {
  repository: string;
  plan(tag: string): ImagePlan | Promise<ImagePlan>;
};

/** Changes when anything of the image does: a package, a file, a setting, a label. */
export function planHash({ source, standIn, layers, config }: ImagePlan): string {
  return contentHash({ source, standIn, layers: layers.map((layer) => ({ name: layer.name, content: layer.content })), config });
}

/** Labels say on every lab image that it is one, and what is in it. */
export function labelsOf(plan: ImagePlan): Record<string, string> {
  return {
    "basehold.lab": "true",
    "basehold.lab.source": plan.source,
    "basehold.lab.recipe": planHash(plan),
    ...(plan.standIn === undefined ? {} : { "basehold.lab.stand-in": plan.standIn }),
  };
}
