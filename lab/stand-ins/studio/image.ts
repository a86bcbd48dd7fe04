import { fileURLToPath } from "node:url";
import { nodeProgram, standInFolder, type StandIn } from "../../image";

export const standIn: StandIn = {
  name: "studio",
  repository: "supabase/studio",
  source: "lab stand-in of Studio: one page over the real postgres-meta",
  runtime: "node",
  bundles: { main: fileURLToPath(new URL("./main.ts", import.meta.url)) },
  command: [nodeProgram, `${standInFolder}/main.mjs`],
  workingFolder: "/app",
  environment: { PORT: "3000", HOSTNAME: "0.0.0.0" },
  folders: ["/app", "/app/snippets", "/app/edge-functions"].map((path) => ({ path, mode: 0o755, uid: 0, gid: 0 })),
  exposedPorts: [3000],
  programs: ["node"],
};
