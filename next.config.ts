import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // In development Next prints what server actions are called with: passwords and one-time tokens among it.
  logging: { serverFunctions: false },
  // Native parts and files read at run time: the bundler must leave these packages where they are.
  serverExternalPackages: ["dockerode", "ssh2", "libsql", "@libsql/client", "@prisma/adapter-libsql", "@prisma/adapter-pg", "@prisma/client", "pg", "pino", "age-encryption", "undici", "ws"],
  // `npm run check` is where types are checked: twice would only be slower.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  experimental: { optimizePackageImports: ["radix-ui", "lucide-react"] },
};

export default config;
