import { caddyVersion } from "../go-programs";
import { entriesLayer } from "../layers";
import type { Recipe } from "../recipe";
import { programEntries } from "./base-programs";
import { debianBase, defaultPath } from "./debian-root";
import { caddyLayer } from "./package-layers";
import { userEntries } from "./users";

const folder = (path: string) => ({ kind: "folder", path, mode: 0o755 }) as const;

/** The official image serves this page until it is given a file of its own; Basehold never lets it. */
const firstCaddyfile = ":80 {\n\troot * /usr/share/caddy\n\tfile_server\n}\n";

const layer = () => entriesLayer("library/caddy", [
  ...userEntries(),
  ...["/config", "/config/caddy", "/data", "/data/caddy", "/etc/caddy", "/srv", "/usr/share/caddy"].map(folder),
  { kind: "file", path: "/etc/caddy/Caddyfile", content: firstCaddyfile, mode: 0o644 },
  { kind: "file", path: "/usr/share/caddy/index.html", content: "Caddy works.\n", mode: 0o644 },
  ...programEntries(["wget"]),
]);

/** The real Caddy, with the folders, environment and command of the official image. */
export const caddyRecipe: Recipe = {
  repository: "library/caddy",
  plan: (tag) => {
    if (tag !== caddyVersion) throw new Error(`The lab builds Caddy ${caddyVersion}, not ${tag}. Change lab/go-programs.ts.`);
    return {
      source: `Caddy ${caddyVersion} of Go's module proxy`,
      layers: [debianBase, caddyLayer, layer()],
      config: {
        Env: [defaultPath, `CADDY_VERSION=v${caddyVersion}`, "XDG_CONFIG_HOME=/config", "XDG_DATA_HOME=/data"],
        Cmd: ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"],
        WorkingDir: "/srv",
        ExposedPorts: Object.fromEntries(["80/tcp", "443/tcp", "443/udp", "2019/tcp"].map((port) => [port, {}])),
      },
    };
  },
};
