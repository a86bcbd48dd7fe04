import { fileURLToPath } from "node:url";
import { nodeProgram, standInFolder, type StandIn } from "../../image";

export const standIn: StandIn = {
  name: "imgproxy",
  repository: "darthsim/imgproxy",
  source: "lab stand-in of imgproxy: health only, no transformation",
  runtime: "node",
  bundles: { main: fileURLToPath(new URL("./main.ts", import.meta.url)) },
  command: ["imgproxy"],
  user: { name: "imgproxy", uid: 999, gid: 999, home: "/" },
  files: [{ path: "/usr/local/bin/imgproxy", content: `#!/bin/sh\nexec ${nodeProgram} ${standInFolder}/main.mjs "$@"\n`, mode: 0o755 }],
  exposedPorts: [8080],
  programs: [],
};
