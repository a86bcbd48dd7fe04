/** What each room may import from inside the repository, besides itself. */
module.exports = {
  "lib/stack": ["lib/gateway"],
  "lib/gateway": ["lib/stack"],
  "lib/engine": ["lib/stack", "lib/gateway"],
  "lib/operations": ["lib/access", "lib/engine/port.ts", "lib/stack", "lib/adapters/store/types.ts"],
  "lib/access": ["lib/operations/types.ts", "lib/stack", "lib/adapters/store/types.ts"],
  "lib/projects": ["lib/operations", "lib/engine", "lib/access", "lib/stack", "lib/gateway", "lib/adapters/store/types.ts"],
  "lib/adapters": ["lib/engine", "lib/gateway", "lib/operations", "lib/projects", "lib/access", "lib/stack"],
  "lib/server": ["lib/projects", "lib/operations", "lib/access", "lib/stack", "lib/gateway", "lib/adapters/store", "lib/adapters/vault"],
  "lib/worker": ["lib/projects", "lib/operations", "lib/engine", "lib/access", "lib/stack", "lib/gateway", "lib/adapters"],
  "lib/cli": ["lib/worker", "lib/projects", "lib/operations", "lib/access", "lib/stack", "lib/gateway", "lib/adapters"],
  components: ["lib/projects/views.ts", "lib/access", "lib/stack", "lib/gateway", "lib/server/act-result.ts"],
  app: ["components", "lib/server", "lib/projects", "lib/access", "lib/operations", "lib/stack", "lib/gateway"],
};
