import { describe, expect, test } from "vitest";
import { edgeImage } from "@/lib/gateway/edge-port";
import { releases } from "@/lib/stack/releases";
import { labelsOf, planHash, type ImagePlan } from "../recipe";
import { catalogueImages, findRecipe, parseReference, recipes } from "./index";

const planOf = async (image: string): Promise<ImagePlan> => {
  const { repository, tag } = parseReference(image);
  const recipe = findRecipe(repository);
  if (recipe === undefined) throw new Error(`no recipe for ${image}`);
  return recipe.plan(tag);
};

/** What none of the lab's sources has; everything else must be the real program. */
const stoodIn = ["darthsim/imgproxy", "kong/kong", "supabase/edge-runtime", "supabase/gotrue", "supabase/realtime", "supabase/storage-api", "supabase/studio", "supabase/supavisor"];

describe("lab recipes", () => {
  test("every image of every release and the edge's has a recipe, and no recipe is left over", () => {
    const asked = new Set([edgeImage, ...releases.flatMap((release) => [...release.services.map((service) => service.image), release.kongImage])].map((image) => parseReference(image).repository));
    expect([...asked].sort()).toEqual(recipes.map((recipe) => recipe.repository).sort());
  });

  test("every image says what it is, and only a stand-in says that it is one", async () => {
    for (const image of catalogueImages()) {
      const labels = labelsOf(await planOf(image));
      expect(labels["basehold.lab"], image).toBe("true");
      expect(labels["basehold.lab.source"]?.length, image).toBeGreaterThan(10);
      expect(labels["basehold.lab.stand-in"] !== undefined, image).toBe(stoodIn.includes(parseReference(image).repository));
    }
  });

  test("the gateway of each release is the Envoy of its tag", async () => {
    expect((await planOf("envoyproxy/envoy:v1.39.0")).source).toContain("1.39.0");
    expect((await planOf("envoyproxy/envoy:v1.39.1")).source).toContain("1.39.1");
  });

  test("the edge is the Caddy of its tag", async () => {
    expect((await planOf(edgeImage)).source).toContain(parseReference(edgeImage).tag);
    await expect(planOf("library/caddy:2.6.2")).rejects.toThrow(/2\.6\.2/);
  });

  test("two plans of one image are equal, so a second run builds nothing", async () => {
    for (const image of catalogueImages()) expect(planHash(await planOf(image)), image).toBe(planHash(await planOf(image)));
  });

  test("a plan's hash changes with its label, its settings and its files", async () => {
    const plan = await planOf("supabase/gotrue:v2.196.0");
    const [lowest] = plan.layers;
    const changed: ImagePlan[] = [
      { ...plan, source: "something else" },
      { ...plan, config: { ...plan.config, User: "0" } },
      { ...plan, layers: plan.layers.slice(1) },
      { ...plan, layers: plan.layers.map((layer) => (layer === lowest ? { ...layer, content: { ...(layer.content as object), edition: 2 } } : layer)) },
    ];
    expect(new Set([plan, ...changed].map(planHash)).size).toBe(changed.length + 1);
  });

  test("a reference without a tag is refused", () => {
    expect(() => parseReference("supabase/gotrue")).toThrow(/no tag/);
  });
});
