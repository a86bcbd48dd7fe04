/** `npm run bench [-- id …]`: measures the named figures, or all, one after the other, and draws docs/benchmarks.md. */
import { benchCheck } from "./check";
import { benchCreate } from "./create";
import { benchCreateFive } from "./create-5";
import { benchDomainAttach } from "./domain-attach";
import { drawBenchmarks } from "./draw";
import { benchEdgeLatency } from "./edge-latency";
import { benchFirstLoad } from "./first-load-js";
import { benchGatewayLatency } from "./gateway-latency";
import { benchGatewaySwitch } from "./gateway-switch";
import { benchPanelRss } from "./panel-rss";
import { figureIds, type FigureId } from "./parts/figures";
import { isDryRun } from "./parts/settings";
import { benchProjectPage } from "./project-page-p95";
import { benchProjectsApi } from "./projects-api-p95";
import { benchReconcile } from "./reconcile-1000";
import { benchRouteApply } from "./route-apply";
import { benchRoutes } from "./routes-1000";
import { benchTest } from "./test";

const benches: Record<FigureId, () => Promise<void> | void> = {
  "create": benchCreate,
  "create-5": benchCreateFive,
  "panel-rss": benchPanelRss,
  "projects-api-p95": benchProjectsApi,
  "project-page-p95": benchProjectPage,
  "first-load-js": benchFirstLoad,
  "reconcile-1000": benchReconcile,
  "route-apply": benchRouteApply,
  // Measured with the one above.
  "route-apply-failed": () => undefined,
  "gateway-switch": benchGatewaySwitch,
  "domain-attach": benchDomainAttach,
  "gateway-latency": benchGatewayLatency,
  // Measured with the one above.
  "gateway-latency-p99": () => undefined,
  "edge-latency": benchEdgeLatency,
  "routes-1000": benchRoutes,
  // Measured with the one above.
  "routes-1000-memory": () => undefined,
  "check": benchCheck,
  "test": benchTest,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((id) => !figureIds.includes(id as FigureId));
if (unknown.length > 0) throw new Error(`There is no figure ${unknown.join(", ")}. There are: ${figureIds.join(", ")}.`);
for (const id of figureIds.filter((name) => wanted.length === 0 || wanted.includes(name))) {
  try {
    await benches[id]();
  } catch (error) {
    // The other figures are still worth having.
    console.error(`${id} could not be measured:`, error);
    process.exitCode = 1;
  }
}
if (!isDryRun) drawBenchmarks();
