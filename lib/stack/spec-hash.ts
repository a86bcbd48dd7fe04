import type { ConfigFile, DesiredService } from "./desired";

/** A keyed hash made by the caller: labels are readable by everyone on the engine and must not be a guessable hash of a secret. */
export type Hash = (text: string) => string;

/** Raised when what enters a hash changes, so that a new Basehold does not read every container as changed by hand. */
const version = "v1";

/** JSON with sorted keys and without undefined: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isPlainObject(part) ? sortKeys(part) : part));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sortKeys(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/**
 * Hash of all that reaches the creation of the service's container. Two services with the same hash need no replacement of
 * one by the other. Start order, readiness and the way of replacing are not part of a container, nor is the content of files
 * that its program reloads by itself.
 */
export function specHash(service: DesiredService, hash: Hash): string {
  const { image, entrypoint, command, environment, mounts, aliases, hostname, publishedPorts, healthcheck, limits, singleHost } = service;
  const created = {
    image, entrypoint, command, environment, hostname, healthcheck, limits, singleHost,
    // Docker keeps these as sets; their order means nothing.
    mounts: sorted(mounts),
    aliases: sorted(aliases),
    publishedPorts: sorted(publishedPorts),
    files: sorted(service.files.filter((file) => !file.reloadable)),
    // Of a reloadable file only that it is there: one more needs a container that knows of it, one less must not stay behind.
    reloadable: sorted(reloadableFiles(service).map((file) => file.path)),
  };
  return `${version}:${hash(canonicalJson({ name: service.name, ...created }))}`;
}

/** Hash of the files that the service's program reloads while running. */
export function filesHash(service: DesiredService, hash: Hash): string {
  return `${version}:${hash(canonicalJson(sorted(reloadableFiles(service))))}`;
}

/** Files whose change alone does not replace the container, in the order in which they must be put in place. */
export function reloadableFiles(service: DesiredService): ConfigFile[] {
  return service.files.filter((file) => file.reloadable);
}

function sorted<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, text: canonicalJson(item) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ item }) => item);
}
