import { fileURLToPath } from "node:url";
import { nodeProgram, standInFolder, type StandIn } from "../../image";

const run = `#!/bin/sh\nexec ${nodeProgram} ${standInFolder}/main.mjs "$@"\n`;

export const standIn: StandIn = {
  name: "kong",
  repository: "kong/kong",
  source: "lab stand-in of Kong on Node 24: the plugins that Basehold renders, compared with Kong 3.9.3",
  runtime: "node",
  bundles: { main: fileURLToPath(new URL("./main.ts", import.meta.url)) },
  entrypoint: ["/entrypoint.sh"],
  command: ["kong", "docker-start"],
  user: { name: "kong", uid: 1000, gid: 1000, home: "/" },
  files: [
    { path: "/usr/local/bin/kong", content: run, mode: 0o755 },
    { path: "/entrypoint.sh", content: '#!/bin/sh\nexec "$@"\n', mode: 0o755 },
  ],
  folders: [
    { path: "/etc/kong", mode: 0o755, uid: 1000, gid: 1000 },
    { path: "/usr/local/kong", mode: 0o755, uid: 1000, gid: 1000 },
  ],
  exposedPorts: [8000, 8001, 8100, 8443],
  programs: [],
};
