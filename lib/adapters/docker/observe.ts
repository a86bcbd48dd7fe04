import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { extract } from "tar-stream";
import { z } from "zod";
import { filesMarkerPath, LABEL, type Observed, type ObservedContainer } from "@/lib/engine/observed";
import type { ObserveScope } from "@/lib/engine/port";
import type { DockerClients } from "./client";
import { statusOf } from "./errors";
import { containerSummary, toObservedContainer } from "./parse";

const summaries = z.array(containerSummary);
const labels = z.record(z.string(), z.string()).nullish();
const networkList = z.array(z.object({ Id: z.string(), Name: z.string(), Labels: labels, IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().optional() })).nullish() }).nullish() }));
const volumeList = z.object({ Volumes: z.array(z.object({ Name: z.string(), Labels: labels })).nullish() });
const imageList = z.array(z.object({ Id: z.string(), RepoTags: z.array(z.string()).nullish() }));

export type RawAnswers = { containers: unknown; networks: unknown; volumes: unknown; images: unknown };

/** A snapshot from the engine's own answers. */
export function toObserved(raw: RawAnswers, imageRefs: readonly string[], takenAtMs: number): Observed {
  return {
    takenAtMs,
    containers: summaries.parse(raw.containers).map(toObservedContainer),
    networks: networkList.parse(raw.networks).map((network) => ({ id: network.Id, name: network.Name, labels: network.Labels ?? {}, subnet: network.IPAM?.Config?.[0]?.Subnet ?? null })),
    volumes: (volumeList.parse(raw.volumes).Volumes ?? []).map((volume) => ({ name: volume.Name, labels: volume.Labels ?? {} })),
    images: toImages(imageList.parse(raw.images), imageRefs),
  };
}

function toImages(images: z.infer<typeof imageList>, refs: readonly string[]): Record<string, string> {
  const idsByTag = new Map(images.flatMap((image) => (image.RepoTags ?? []).map((tag) => [tag, image.Id] as const)));
  return Object.fromEntries(
    refs.flatMap((ref) => {
      const id = idsByTag.get(familiarName(ref));
      return id === undefined ? [] : [[ref, id]];
    }),
  );
}

/** The name under which the engine lists an image: without Docker Hub's own address. */
function familiarName(ref: string): string {
  return ref.replace(/^(?:index\.)?docker\.io\/(?:library\/)?/, "");
}

/** Four listings, whatever the number of projects; for one project also the marker of each container with reloadable files. */
export async function observe({ short }: DockerClients, scope: ObserveScope, nowMs: () => number): Promise<Observed> {
  const label = [`${LABEL.instance}=${scope.instanceId}`, ...(scope.projectId === undefined ? [] : [`${LABEL.project}=${scope.projectId}`])];
  const takenAtMs = nowMs();
  const [containers, networks, volumes, images] = await Promise.all([
    short.listContainers({ all: true, filters: { label } }),
    short.listNetworks({ filters: { label } }),
    short.listVolumes({ filters: { label } }),
    scope.imageRefs.length === 0 ? [] : short.listImages(),
  ]);
  const known = toObserved({ containers, networks, volumes, images }, scope.imageRefs, takenAtMs);
  const observed = scope.includesNeighbours === true ? { ...known, neighbours: await listNeighbours(short, known) } : known;
  if (!(scope.readsMarkers ?? scope.projectId !== undefined)) return observed;
  const withMarkers = observed.containers.map(async (container): Promise<ObservedContainer> => (container.labels[LABEL.filesHash] === undefined ? container : { ...container, appliedFilesHash: await readMarker(short, container.id) }));
  return { ...observed, containers: await Promise.all(withMarkers) };
}

/** Who else is on these networks: another tool's containers carry none of our labels, and are doors all the same when they publish a port. */
async function listNeighbours(short: DockerClients["short"], { networks, containers }: Observed): Promise<ObservedContainer[]> {
  if (networks.length === 0) return [];
  const there = summaries.parse(await short.listContainers({ filters: { network: networks.map(({ id }) => id) } }));
  const own = new Set(containers.map(({ id }) => id));
  return there.filter(({ Id }) => !own.has(Id)).map(toObservedContainer);
}

async function readMarker(short: DockerClients["short"], containerId: string): Promise<string | null> {
  try {
    const archive = (await short.getContainer(containerId).getArchive({ path: filesMarkerPath })) as Readable;
    const unpacked = extract();
    archive.on("error", (error) => unpacked.destroy(error));
    archive.pipe(unpacked);
    let content: string | null = null;
    for await (const entry of unpacked) content = await text(entry);
    return content;
  } catch (error) {
    // Gone since it was listed, or never reloaded: both mean that the label still holds.
    if (statusOf(error) === 404) return null;
    throw error;
  }
}
