import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // In development Next prints what server actions are called with: passwords and one-time tokens among it.
  logging: { serverFunctions: false },
  // Native parts and files read at run time: the bundler must leave these packages where they are.
  serverExternalPackages: ["dockerode", "ssh2", "libsql", "@prisma/adapter-pg", "@prisma/client", "pg", "pino", "age-encryption", "undici", "ws"],
  // `npm run check` is where types are checked: twice would only be slower.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  // Read as files by the generated Prisma clients (prisma/generate.mjs): no import says so.
  outputFileTracingIncludes: { "/**": ["node_modules/@prisma/client/runtime/query_compiler_small_bg.{sqlite,postgresql}.wasm-base64.mjs"] },
  // Pages are loaded when they are first asked for: an idle panel holds none that nobody opened.
  // An upload of a function has 5 MiB at most, a third more as base64; Next's own limit is 1 MB.
  experimental: { serverActions: { bodySizeLimit: "8mb" }, preloadEntriesOnStart: false, optimizePackageImports: ["radix-ui", "lucide-react"] },
};

export default config;
