import { fileURLToPath } from "node:url";
import type { StandIn } from "../../image";

/** The image itself, with the real pgbouncer, is made by the lab; this is the HTTP interface beside it. */
export const standIn: StandIn = {
  name: "supavisor",
  repository: "supabase/supavisor",
  source: "Debian's pgbouncer behind a lab stand-in of Supavisor's HTTP interface",
  runtime: "node",
  bundles: { main: fileURLToPath(new URL("./main.ts", import.meta.url)) },
  exposedPorts: [4000, 5432, 6543],
  programs: ["curl"],
};
