import { fileURLToPath } from "node:url";
import { nodeProgram, standInFolder, type StandIn } from "../../image";

export const standIn: StandIn = {
  name: "auth",
  repository: "supabase/gotrue",
  source: "lab stand-in of GoTrue on Node 24 and the project's own PostgreSQL",
  runtime: "node",
  bundles: { main: fileURLToPath(new URL("./main.ts", import.meta.url)) },
  command: ["auth"],
  user: { name: "supabase", uid: 1000, gid: 1000, home: "/home/supabase" },
  files: ["auth", "gotrue"].map((name) => ({ path: `/usr/local/bin/${name}`, content: `#!/bin/sh\nexec ${nodeProgram} ${standInFolder}/main.mjs "$@"\n`, mode: 0o755 })),
  exposedPorts: [9999],
  programs: ["wget"],
};
