import { availableParallelism } from "node:os";
import { cacheFolder, registryFolder, registryPort } from "./paths";
import { installPrerequisites } from "./prerequisites";
import { publish, type PlannedImage } from "./publish";
import { catalogueImages, findRecipe, parseReference } from "./recipes/index";
import { ensureRegistry } from "./registry";
import { RegistryClient } from "./registry-client";
import { dropStaleImages } from "./stale-images";

const say = (line: string) => console.log(line);

async function planImages(): Promise<PlannedImage[]> {
  const planned = catalogueImages().map(async (image): Promise<PlannedImage> => {
    const { repository, tag } = parseReference(image);
    const recipe = findRecipe(repository);
    if (recipe === undefined) throw new Error(`The lab has no recipe for ${image}. Add one to lab/recipes/.`);
    return { repository, tag, plan: await recipe.plan(tag) };
  });
  return Promise.all(planned);
}

/** Makes the lab's images from packages and pushes them to a registry on loopback, which it starts. */
async function buildLab(): Promise<void> {
  const begun = Date.now();
  await installPrerequisites(say);
  const isStarted = await ensureRegistry({ port: registryPort, folder: registryFolder, isDetached: true });
  if (isStarted) say(`started the registry on 127.0.0.1:${String(registryPort)}`);
  const images = await planImages();
  const client = new RegistryClient(registryPort);
  const pushed = await publish({ images, client, folder: cacheFolder, layersAtOnce: availableParallelism() + 1, say });
  for (const reference of await dropStaleImages(images, client, registryPort)) say(`the engine had an earlier edition of ${reference}`);
  const taken = ((Date.now() - begun) / 1000).toFixed(1);
  say(`The lab is ready: ${String(images.length)} images under 127.0.0.1:${String(registryPort)}/, ${String(pushed.length)} of them new, in ${taken} s.`);
}

buildLab().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
