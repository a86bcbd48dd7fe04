import { fileURLToPath } from "node:url";
import { nodeProgram, standInFolder, type StandIn } from "../../image";

export const standIn: StandIn = {
  name: "storage",
  repository: "supabase/storage-api",
  source: "lab stand-in of the Storage API on Node 24 and the project's own PostgreSQL, file backend",
  runtime: "node",
  bundles: { main: fileURLToPath(new URL("./main.ts", import.meta.url)) },
  command: [nodeProgram, `${standInFolder}/main.mjs`],
  workingFolder: "/app",
  folders: ["/app", "/var/lib/storage"].map((path) => ({ path, mode: 0o755, uid: 0, gid: 0 })),
  exposedPorts: [5000],
  programs: ["wget", "node"],
};
