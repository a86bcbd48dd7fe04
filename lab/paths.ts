import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Everything the lab keeps: the registry's data and what was downloaded and built. */
export const labFolder = process.env.BASEHOLD_LAB_DATA ?? "/var/lib/basehold-lab";

export const registryFolder = join(labFolder, "registry");
export const cacheFolder = join(labFolder, "cache");

/** Port of the lab's own registry. The product's image source "lab" names the default; another one is for timing a build from nothing beside a lab in use. */
export const registryPort = Number(process.env.BASEHOLD_LAB_PORT ?? "5055");

/** This folder of the repository. */
export const sourceFolder = fileURLToPath(new URL(".", import.meta.url));
