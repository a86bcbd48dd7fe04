import { standInFolder, type StandIn } from "../image";
import { entriesLayer, type Layer, type LayerEntry } from "../layers";
import type { ImagePlan, Recipe } from "../recipe";
import { programEntries } from "./base-programs";
import { bundle } from "./bundle";
import { debianBase, defaultPath } from "./debian-root";
import { denoLayer, nodeLayer } from "./package-layers";
import { userEntries } from "./users";

/** The bundles of a stand-in as files of an image. */
export async function bundleEntries({ bundles, runtime }: StandIn): Promise<LayerEntry[]> {
  const made = Object.entries(bundles).map(async ([name, entry]): Promise<LayerEntry> => ({ kind: "file", path: `${standInFolder}/${name}.mjs`, content: await bundle(entry, runtime), mode: 0o644 }));
  return Promise.all(made);
}

/** Node is always there for bundles; Deno where it runs them. */
function interpreterLayers({ runtime, programs }: StandIn): Layer[] {
  if (runtime === "node") return [nodeLayer];
  return programs.includes("node") ? [nodeLayer, denoLayer] : [denoLayer];
}

async function ownLayer(standIn: StandIn): Promise<Layer> {
  return entriesLayer(`lab stand-in ${standIn.name}`, [
    ...userEntries(standIn.user),
    ...(standIn.folders ?? []).map((folder): LayerEntry => ({ kind: "folder", ...folder })),
    ...(await bundleEntries(standIn)),
    ...(standIn.files ?? []).map((file): LayerEntry => ({ kind: "file", ...file })),
    ...programEntries(standIn.programs),
  ]);
}

function configOf(standIn: StandIn): ImagePlan["config"] {
  const { user, exposedPorts = [], environment = {} } = standIn;
  return {
    Env: [defaultPath, ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)],
    Entrypoint: standIn.entrypoint,
    Cmd: standIn.command,
    User: user === undefined ? undefined : `${String(user.uid)}:${String(user.gid)}`,
    WorkingDir: standIn.workingFolder,
    ExposedPorts: Object.fromEntries(exposedPorts.map((port) => [`${String(port)}/tcp`, {}])),
  };
}

/** The image of a stand-in, the same under every tag: the label says that it is none of those versions. */
export function standInRecipe(standIn: StandIn): Recipe {
  return {
    repository: standIn.repository,
    plan: async () => ({ source: standIn.source, standIn: standIn.name, layers: [debianBase, ...interpreterLayers(standIn), await ownLayer(standIn)], config: configOf(standIn) }),
  };
}
