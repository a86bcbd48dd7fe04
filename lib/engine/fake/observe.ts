import { filesMarkerPath, LABEL, type Observed, type ObservedContainer } from "../observed";
import type { ObserveScope } from "../port";
import { readFile } from "./files";
import type { FakeContainer, FakeWorld } from "./world";


/** What the adapter would see: only what carries the installation's label, and marker files only for one project. */
export function observeWorld(world: FakeWorld, scope: ObserveScope, takenAtMs: number): Observed {
  const isWanted = ({ labels }: { labels: Record<string, string> }) => labels[LABEL.instance] === scope.instanceId && (scope.projectId === undefined || labels[LABEL.project] === scope.projectId);
  const networks = world.networks.filter(isWanted);
  const isNeighbour = (container: FakeContainer) => !isWanted(container) && container.state === "running" && networks.some(({ name }) => name === container.networkName);
  return {
    takenAtMs,
    containers: world.containers.filter(isWanted).map((container) => toObserved(world, container, scope.readsMarkers ?? scope.projectId !== undefined)),
    networks: networks.map((network) => ({ ...network, labels: { ...network.labels } })),
    volumes: world.volumes.filter(isWanted).map(({ name, labels }) => ({ name, labels: { ...labels } })),
    images: Object.fromEntries(scope.imageRefs.flatMap((ref) => (world.images[ref] === undefined ? [] : [[ref, world.images[ref].id]]))),
    ...(scope.includesNeighbours === true ? { neighbours: world.containers.filter(isNeighbour).map((container) => toObserved(world, container, false)) } : {}),
  };
}

function toObserved(world: FakeWorld, container: FakeContainer, readsMarkers: boolean): ObservedContainer {
  const { id, name, labels, imageId, imageRef, state, health, exitCode, networkName, networkId } = container;
  const marker = readFile(world, container, filesMarkerPath);
  const hasMarker = readsMarkers && labels[LABEL.filesHash] !== undefined;
  return {
    id, name, labels: { ...labels }, imageId, imageRef, state, health, exitCode,
    startedAt: null,
    // A listing does not tell; only an inspection does.
    restartCount: 0,
    networks: [networkName],
    networkIds: networkId === null ? [] : [networkId],
    publishedPorts: state === "running" || state === "paused" ? container.ports.map((port) => ({ ...port, protocol: "tcp" as const })) : [],
    addresses: [],
    ...(hasMarker ? { appliedFilesHash: marker === undefined ? null : Buffer.from(marker, "base64").toString("utf8") } : {}),
  };
}
