/**
 * What the lab builds: images with the official names and tags, made from packages. `StandIn` is the contract between the
 * build and `stand-ins/<name>/image.ts`, each of which exports one as `standIn`.
 */

/** A file that an image brings. */
export type ImageFile = {
  /** Absolute path in the image; missing parent folders are made, owned by root. */
  path: string;
  content: string;
  /** For example 0o755. */
  mode: number;
  /** Root unless told. */
  uid?: number;
  gid?: number;
};

/** A folder that an image brings, for example one that a volume is mounted over: Docker copies its owner into a new volume. */
export type ImageFolder = { path: string; mode: number; uid: number; gid: number };

/** A user that the image's programs run as; entries in passwd and group are made for it. */
export type ImageUser = { name: string; uid: number; gid: number; home: string };

/** What of the shared base stays in the image. Everything else is taken out, so that a probe that needs a program which the official image lacks fails here too. */
export type BaseProgram = "curl" | "wget" | "node";

export type StandIn = {
  /** Folder under `lab/stand-ins/`, and the value of the label `basehold.lab.stand-in`. */
  name: string;
  /** Official repository without a tag, for example `supabase/gotrue`. Tags come from the release catalogue. */
  repository: string;
  /** What really is inside, in one line: the label `basehold.lab.source`. */
  source: string;
  /** What runs the bundles: Node 24 or Deno 2. */
  runtime: "node" | "deno";
  /** Name → absolute path of a TypeScript file. Each is bundled with everything it imports into `/opt/stand-in/<name>.mjs`. */
  bundles: Record<string, string>;
  /** As the official image has them. `command` alone may be overridden by the product. */
  entrypoint?: string[];
  command?: string[];
  /** undefined: root. */
  user?: ImageUser;
  workingFolder?: string;
  environment?: Record<string, string>;
  /** Wrapper scripts and the like. */
  files?: ImageFile[];
  folders?: ImageFolder[];
  exposedPorts?: number[];
  /** Programs that the official image has on its PATH. */
  programs: BaseProgram[];
};

/** Where bundles go, and the interpreters. Always there, whatever is on the PATH. */
export const standInFolder = "/opt/stand-in";
export const nodeProgram = "/opt/node/bin/node";
export const denoProgram = "/opt/deno/bin/deno";
