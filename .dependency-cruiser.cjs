/**
 * Which room may import from which. The arrows run one way:
 *
 *   app → components, lib/server → lib/projects → lib/operations, lib/engine, lib/access → lib/stack, lib/gateway
 *
 * `docs/architecture.md` shows the same table to people; a unit test compares the two. Each rule's comment says what breaks without it.
 */
const test = "\\.(test|fixture)\\.tsx?$";
const generated = "^lib/adapters/store/generated/";

const rooms = require("./.ci/rooms.cjs");

const escaped = (path) => path.replaceAll(".", "\\.");
const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room.replaceAll("/", "-")}-imports`,
  comment: `${room} may import only from ${[room, ...allowed].join(", ")}: an arrow against the stream ties the inner rooms to the outer ones.`,
  severity: "error",
  from: { path: `^${room}/`, pathNot: test },
  to: { path: "^(app|components|lib|bin|lab|bench|e2e|prisma)/", pathNot: [room, ...allowed].map((path) => `^${escaped(path)}${path.endsWith(".ts") ? "$" : "/"}`) },
}));

/** Packages that one adapter owns: the rest of the product sees the port that the inner rooms declare. */
const owners = {
  dockerode: "^lib/adapters/docker/",
  "(@prisma/|libsql|pg$|pg/)": "^(lib/adapters/store/|prisma/)",
  "(nodemailer)": "^lib/adapters/mail/",
  "age-encryption": "^lib/adapters/vault/",
  "recharts": "^components/charts/",
  "(undici|ws)": "^lib/adapters/",
  "next-auth": "^(lib/server/|app/api/auth/|lib/access/sign-in-request\\.ts$)",
  "pino": "^lib/(server|worker)/log\\.ts$",
};
const packageRules = Object.entries(owners).map(([name, owner]) => ({
  name: `only-its-owner-imports-${name.replaceAll(/[^a-z-]+/g, " ").trim().replaceAll(" ", "-")}`,
  comment: "Effects live in adapters: a second importer is a second place to mend when the package changes.",
  severity: "error",
  from: { path: "^(app|components|lib)/", pathNot: [owner, test] },
  to: { path: `node_modules/${name}(/|$)|node_modules/${name}`, dependencyTypesNot: ["type-only"] },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    ...packageRules,
    {
      name: "pure-rooms-touch-nothing",
      comment: "Stack, gateway and engine are functions: no Node module, so that the same input gives the same stack and plan everywhere, also in a browser.",
      severity: "error",
      from: { path: "^lib/(stack|gateway|engine)/", pathNot: test },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "web-holds-no-engine-and-no-key",
      comment: "A hole in the web process must be neither root on the host nor every project's passwords: it cannot even load the code.",
      severity: "error",
      from: { path: "^(app|lib/server)/", pathNot: test },
      to: { path: "^lib/(worker|cli)/|^lib/adapters/(docker|probe|host)/|^lib/adapters/vault/(?!(sealing|password-hash)\\.ts$)", reachable: true },
    },
    {
      name: "components-stay-in-the-browser",
      comment: "A component that reaches server code ships it to every visitor, or fails to build.",
      severity: "error",
      from: { path: "^components/", pathNot: test },
      to: { path: "^lib/(adapters|worker|cli|operations|engine)/", reachable: true },
    },
    {
      name: "no-cycle",
      comment: "Two files that need each other are one thing in two places.",
      severity: "error",
      from: { pathNot: generated },
      to: { circular: true, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-junk-drawer",
      comment: "A folder is named after what it holds.",
      severity: "error",
      from: {},
      to: { path: "/(utils?|helpers?|common|misc|shared)/", pathNot: ["node_modules", generated] },
    },
    {
      name: "declared-packages-only",
      comment: "A package that package.json does not name can vanish with the next install.",
      severity: "error",
      from: { pathNot: generated },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "product-does-not-need-dev-packages",
      comment: "What the product imports must be there when only production packages are installed.",
      severity: "error",
      from: { path: "^(app|components|lib)/", pathNot: [test, "\\.docker\\.test\\.ts$", "\\.postgres\\.test\\.ts$"] },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only", "npm"], pathNot: "node_modules/@types/" },
    },
    { name: "resolvable", comment: "The import names a file that does not exist.", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ["node_modules", generated] },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"], extensions: [".ts", ".tsx", ".mts", ".mjs", ".js", ".cjs", ".json"] },
    cache: { folder: "node_modules/.cache/dependency-cruiser", strategy: "content" },
  },
};
