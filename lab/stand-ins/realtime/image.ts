import { fileURLToPath } from "node:url";
import { nodeProgram, standInFolder, type StandIn } from "../../image";

export const standIn: StandIn = {
  name: "realtime",
  repository: "supabase/realtime",
  source: "lab stand-in of Realtime on Node 24 and the project's own PostgreSQL",
  runtime: "node",
  bundles: { main: fileURLToPath(new URL("./main.ts", import.meta.url)) },
  command: [nodeProgram, `${standInFolder}/main.mjs`],
  user: { name: "nobody", uid: 65_534, gid: 65_534, home: "/app" },
  workingFolder: "/app",
  folders: [{ path: "/app", mode: 0o755, uid: 65_534, gid: 65_534 }],
  exposedPorts: [4000],
  programs: ["curl"],
};
