import { fileURLToPath } from "node:url";
import { denoProgram, standInFolder, type StandIn } from "../../image";

const flags = "run -A --no-check --no-lock --no-config --quiet";

export const standIn: StandIn = {
  name: "functions",
  repository: "supabase/edge-runtime",
  source: "the real Deno 2 behind a lab stand-in of edge-runtime",
  runtime: "deno",
  bundles: {
    main: fileURLToPath(new URL("./main.ts", import.meta.url)),
    worker: fileURLToPath(new URL("./worker.ts", import.meta.url)),
  },
  entrypoint: ["edge-runtime"],
  environment: { DENO_DIR: "/root/.cache/deno", DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  files: [{ path: "/usr/local/bin/edge-runtime", content: `#!/bin/sh\nexec ${denoProgram} ${flags} ${standInFolder}/main.mjs "$@"\n`, mode: 0o755 }],
  folders: ["/home/deno", "/home/deno/functions", "/root/.cache/deno"].map((path) => ({ path, mode: 0o755, uid: 0, gid: 0 })),
  exposedPorts: [9000],
  programs: [],
};
