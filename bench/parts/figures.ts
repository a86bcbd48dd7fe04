/** Every figure this project claims: what is measured, in which unit, and what it is to reach. */
export type FigureId = "route-apply" | "route-apply-failed" | "gateway-switch" | "domain-attach" | "create" | "create-5" | "panel-rss" | "projects-api-p95" | "project-page-p95" | "first-load-js" | "reconcile-1000" | "gateway-latency" | "gateway-latency-p99" | "edge-latency" | "routes-1000" | "routes-1000-memory" | "check" | "test";

export type FigureRule = { what: string; unit: string; reach: string; isReached: (ours: number, ratio: number | null) => boolean };

const compose = "`docker compose up -d --wait` (v5.5.1) on the exported folder with fresh volumes";
const plainGateway = "eight kinds of requests of an application in turns, over one open connection each; peer: upstream's routes and filters as a hand-written static file (`bench/parts/plain-gateway.yaml`) on the same Envoy with the same upstream";

export const figureRules: Record<FigureId, FigureRule> = {
  create: {
    what: `One project with all eleven services, images present: from the request to create it until its contract is green; peer: ${compose}`,
    unit: "s", reach: "ratio ≤ 0.5, and ≤ 60 s", isReached: (ours, ratio) => ratio !== null && ratio <= 0.5 && ours <= 60,
  },
  "create-5": {
    what: `Five such projects at once, until the last contract is green; peer: ${compose}, five in parallel`,
    unit: "s", reach: "ratio ≤ 0.7", isReached: (_ours, ratio) => ratio !== null && ratio <= 0.7,
  },
  "panel-rss": {
    what: "Resident memory of web and worker together (VmRSS, pages that both share counted twice), idle with five running projects after every page was opened",
    unit: "MiB", reach: "≤ 250 MiB", isReached: (ours) => ours <= 250,
  },
  "projects-api-p95": {
    what: "GET /api/v1/projects with 500 projects in the store, 8 connections: time to the whole answer, 95th percentile",
    unit: "ms", reach: "≤ 50 ms", isReached: (ours) => ours <= 50,
  },
  "project-page-p95": {
    what: "Page of a project with 500 projects in the store, one request after the other: time to the first byte, 95th percentile",
    unit: "ms", reach: "≤ 100 ms", isReached: (ours) => ours <= 100,
  },
  "first-load-js": {
    what: "Largest first load of JavaScript of any page, as sent with gzip, in Chromium with an empty cache",
    unit: "kB", reach: "≤ 200 kB", isReached: (ours) => ours <= 200,
  },
  "reconcile-1000": {
    what: "Observe and reconcile 1,000 containers in 100 projects, from recorded engine answers over a unix socket",
    unit: "ms", reach: "≤ 150 ms, linear", isReached: (ours) => ours <= 150,
  },
  "route-apply": {
    what: "One route added to a project under 200 requests/s or taken away: from saving the draft until it is in force, read back and proven; peer: the file of the exported folder edited, `docker compose up -d --force-recreate --no-deps --wait api-gw`, until it is healthy",
    unit: "ms", reach: "≤ 2000 ms and ratio ≤ 0.2", isReached: (ours, ratio) => ours <= 2000 && ratio !== null && ratio <= 0.2,
  },
  "route-apply-failed": {
    what: "Of the 200 requests/s that run meanwhile those that failed, and Realtime sockets that closed",
    unit: "failed", reach: "0", isReached: (ours) => ours === 0,
  },
  "gateway-switch": {
    what: "A project behind the edge switched from Envoy to Kong (the lab's stand-in) and back while 200 requests/s run through the edge: requests that failed, and Realtime sockets that closed",
    unit: "failed", reach: "0 in each direction", isReached: (ours) => ours === 0,
  },
  "domain-attach": {
    what: "A name that is attached to a project until its gateway answers under it over TLS, certified by Pebble; peer: Caddy alone in front of the same gateway, the name written into its file by hand and the file read again",
    unit: "ms", reach: "ratio ≤ 1.5", isReached: (_ours, ratio) => ratio !== null && ratio <= 1.5,
  },
  "gateway-latency": {
    what: `One request through a project's gateway, ${plainGateway}: median`,
    unit: "µs", reach: "ratio ≤ 1.05", isReached: (_ours, ratio) => ratio !== null && ratio <= 1.05,
  },
  "gateway-latency-p99": {
    what: "The same requests: 99th percentile",
    unit: "µs", reach: "ratio ≤ 1.05", isReached: (_ours, ratio) => ratio !== null && ratio <= 1.05,
  },
  "edge-latency": {
    what: "What the edge adds to one request to a gateway (Envoy, answering by itself), each pair over open connections: median",
    unit: "ms", reach: "≤ 1 ms", isReached: (ours) => ours <= 1,
  },
  "routes-1000": {
    what: "1,000 names in 100 projects, each with a certificate and a redirect, one of them changed: rendered, loaded into the edge and read back as in force",
    unit: "ms", reach: "≤ 1000 ms", isReached: (ours) => ours <= 1000,
  },
  "routes-1000-memory": {
    what: "Memory of that edge with its 1,000 certificates after each load (the container's, page cache that can be dropped left out)",
    unit: "MiB", reach: "≤ 150 MiB", isReached: (ours) => ours <= 150,
  },
  check: { what: "`npm run check`", unit: "s", reach: "< 60 s", isReached: (ours) => ours < 60 },
  test: { what: "`npm test` from a bare machine, lab included, as the last whole run recorded it", unit: "s", reach: "< 1800 s (30 min)", isReached: (ours) => ours < 1800 },
};

export const figureIds = Object.keys(figureRules) as FigureId[];
