import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const alias = { "@": fileURLToPath(new URL(".", import.meta.url)), "server-only": fileURLToPath(new URL("node_modules/server-only/empty.js", import.meta.url)) };
const exclude = ["**/node_modules/**", "**/.next/**", "**/dist/**", "e2e/**"];
const longerTests = ["**/*.integration.test.ts", "**/*.docker.test.ts", "**/*.postgres.test.ts", "**/*.long.test.ts"];
const webTests = ["lib/server/**/*.test.ts", "app/**/*.test.ts", "app/**/*.test.tsx"];

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["**/*.test.ts", "**/*.test.tsx"],
          exclude: [...exclude, ...longerTests, ...webTests],
          testTimeout: 30_000,
          // Files share a process and what they import, which halves the time: nothing here keeps a state of the process's own.
          isolate: false,
        },
      },
      {
        resolve: { alias },
        // A web process reads its environment once: each of these files is one, with an environment of its own.
        test: { name: "web", include: webTests, exclude: [...exclude, ...longerTests], testTimeout: 30_000 },
      },
      {
        resolve: { alias },
        // Processes, real store files, every caller of every page: too long for `npm run check`, part of `npm test`.
        test: { name: "integration", include: ["**/*.integration.test.ts"], exclude, testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        resolve: { alias },
        test: { name: "postgres", include: ["**/*.postgres.test.ts"], exclude, testTimeout: 60_000, hookTimeout: 180_000, fileParallelism: false },
      },
      {
        resolve: { alias },
        test: { name: "docker", include: ["**/*.docker.test.ts"], exclude, testTimeout: 180_000, hookTimeout: 600_000, fileParallelism: false },
      },
      {
        resolve: { alias },
        // `npm run test:long`: waits for minutes, or starts a stack for each of many combinations.
        test: { name: "long", include: ["**/*.long.test.ts"], exclude, testTimeout: 300_000, hookTimeout: 600_000, fileParallelism: false },
      },
    ],
  },
});
