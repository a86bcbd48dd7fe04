import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { provideLayer, removePartialLayers, type Layer, type LayerBlob } from "./layers";
import { contentHash } from "./content-hash";
import { labelsOf, planHash, type ImagePlan } from "./recipe";
import type { RegistryClient } from "./registry-client";

export type PlannedImage = { repository: string; tag: string; plan: ImagePlan };

/** What the last run published: reference → hash of its plan and digest of its manifest. */
type Notes = Record<string, { plan: string; digest: string }>;

const referenceOf = ({ repository, tag }: PlannedImage) => `${repository}:${tag}`;

async function readNotes(file: string): Promise<Notes> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  return JSON.parse(text) as Notes;
}

async function findStale(images: readonly PlannedImage[], notes: Notes, client: RegistryClient): Promise<PlannedImage[]> {
  const checked = await Promise.all(images.map(async (image) => {
    const note = notes[referenceOf(image)];
    const isCurrent = note !== undefined && note.plan === planHash(image.plan) && note.digest === (await client.findManifest(image.repository, image.tag));
    return isCurrent ? [] : [image];
  }));
  return checked.flat();
}

/** Makes each distinct layer once, a few at a time, in the order in which images first ask for them. */
export class LayerWorks {
  readonly #made = new Map<string, Promise<LayerBlob>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(private readonly folder: string, atOnce: number, private readonly say: (line: string) => void) {
    this.#free = atOnce;
  }

  provide(layer: Layer): Promise<LayerBlob> {
    const hash = contentHash(layer.content);
    const known = this.#made.get(hash) ?? this.#make(layer);
    this.#made.set(hash, known);
    return known;
  }

  async #make(layer: Layer): Promise<LayerBlob> {
    await this.#take();
    try {
      const begun = Date.now();
      const blob = await provideLayer(layer, this.folder);
      this.say(`${seconds(begun)} ${layer.name}`);
      return blob;
    } finally {
      this.#release();
    }
  }

  async #take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1).padStart(6)} s`;

export type PublishOptions = { images: readonly PlannedImage[]; client: RegistryClient; folder: string; layersAtOnce: number; say: (line: string) => void };

/** Builds and pushes what the registry does not hold as planned. Returns the references that were pushed. */
export async function publish({ images, client, folder, layersAtOnce, say }: PublishOptions): Promise<string[]> {
  const notesFile = join(folder, "published.json");
  const notes = await readNotes(notesFile);
  const stale = await findStale(images, notes, client);
  if (stale.length === 0) return [];
  const layersFolder = join(folder, "layers");
  await mkdir(layersFolder, { recursive: true });
  await removePartialLayers(layersFolder);
  const works = new LayerWorks(layersFolder, layersAtOnce, say);
  const pushes = stale.map(async (image) => ({ image, layers: await Promise.all(image.plan.layers.map((layer) => works.provide(layer))) }));
  // One that fails while another is awaited is reported when its turn comes.
  for (const pending of pushes) pending.catch(() => undefined);
  for (const pending of pushes) {
    const { image, layers } = await pending;
    const begun = Date.now();
    const digest = await client.push(image.repository, image.tag, { ...image.plan.config, Labels: labelsOf(image.plan) }, layers);
    notes[referenceOf(image)] = { plan: planHash(image.plan), digest };
    await writeFile(notesFile, JSON.stringify(notes, null, 2));
    say(`${seconds(begun)} pushed ${referenceOf(image)}`);
  }
  return stale.map(referenceOf);
}
