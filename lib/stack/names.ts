import type { StackServiceName } from "./desired";

/** Reference (slug) of a project: part of URLs, of the pooler's user name and of the Compose grouping label. */
export const projectRefPattern = /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/;

/** Words that stand where a reference does in an address of the panel: `/projects/new`, `/api/v1/projects/preview`. */
export const reservedRefs: ReadonlySet<string> = new Set(["new", "preview"]);

/** Immutable id of a project; every Docker object's name is derived from it. */
export const projectIdPattern = /^[a-z0-9]{12}$/;

/** Names of the Docker objects that belong to a project. */
export const objectNamePattern = /^bh-[a-z0-9]{6}-[a-z0-9]{12}-[a-z0-9-]{2,20}$/;

/** Short name of a volume or network inside a project. */
export const partNamePattern = /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/;

export type ObjectNames = {
  /** Docker name of a service's container. */
  container(service: StackServiceName): string;
  /** Docker name of a volume, from its short name. */
  volume(shortName: string): string;
  /** Docker name of the network, from its short name. */
  network(shortName?: string): string;
  /** Value of Compose's project label, so that other tools group the stack. No exported folder carries this name. */
  composeProject: string;
};

/**
 * Names of a project's Docker objects. They hold the installation's and the project's ids and nothing a person typed.
 * @throws RangeError when an id or a short name is outside of its grammar.
 */
export function objectNames(instanceId: string, projectId: string): ObjectNames {
  const instance = shortInstanceId(instanceId);
  if (!projectIdPattern.test(projectId)) throw new RangeError("A project id is 12 lower-case letters and digits.");
  const base = `bh-${instance}-${projectId}`;
  const named = (part: string) => {
    if (!partNamePattern.test(part)) throw new RangeError(`"${part}" cannot be part of a Docker name.`);
    return `${base}-${part}`;
  };
  return {
    container: (service) => named(service),
    volume: (shortName) => named(shortName),
    network: (shortName = "default") => named(shortName),
    composeProject: base,
  };
}

/** The six characters of the installation's id that Docker names carry; the full id is in the labels. */
export function shortInstanceId(instanceId: string): string {
  const short = instanceId.toLowerCase().replace(/[^a-z0-9]/g, "").slice(0, 6);
  if (short.length < 6) throw new RangeError("An installation id holds at least six letters or digits.");
  return short;
}

/** A reference for a display name in any script: its Latin letters and digits, or `project` when it has too few. */
export function suggestRef(displayName: string): string {
  const latin = displayName
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return projectRefPattern.test(latin) ? latin : "project";
}

const maxDisplayNameCharacters = 60;

export type DisplayNameResult = { ok: true; value: string } | { ok: false; sentence: string };

/** A project's name for people: 1 to 60 visible characters after NFC, on one line, without control or direction-override characters. */
export function parseDisplayName(text: string): DisplayNameResult {
  const value = text.normalize("NFC").trim();
  if (/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(value)) return { ok: false, sentence: "Leave out line breaks and control characters." };
  if (!/[^\p{Z}\p{C}\p{M}]/u.test(value)) return { ok: false, sentence: "Give the project a name." };
  if ([...value].length > maxDisplayNameCharacters) return { ok: false, sentence: `Use at most ${maxDisplayNameCharacters} characters.` };
  return { ok: true, value };
}
