import type { ConfigFile, DesiredService } from "./desired";

/** A keyed hash made by the caller: labels are readable by everyone on the engine and must not be a guessable hash of a secret. */
export type Hash = (text: string) => string;

/** Raised when what enters a hash changes, so that a new Basehold does not read every container as changed by hand. */
const version = "v1";

/**
 * JSON with sorted keys and without undefined: equal values give equal text. Written out by hand: a replacer function costs several
 * times as much, and the resync hashes every service of every project.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((part) => (part === undefined ? "null" : canonicalJson(part))).join(",")}]`;
  if (!isPlainObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).filter((key) => value[key] !== undefined).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(",")}}`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
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
