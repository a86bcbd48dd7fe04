import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { renderEdge } from "@/lib/gateway/edge";
import type { EdgeInput, EdgeProject } from "@/lib/gateway/edge-input";
import { withEdge, type BenchEdge } from "./parts/bench-edge";
import { recordFigure } from "./parts/record";
import { rounds } from "./parts/settings";

const projectCount = 100;
const namesPerProject = 10;
const loadsPerRound = 5;

/** Every project on an address of its own and under ten names, each with a certificate and a redirect: every load changes one of them. */
export async function benchRoutes(): Promise<void> {
  await withEdge(async (bench) => {
    const projects = await makeProjects();
    const inputs = [false, true].map((redirectsHttp): EdgeInput => ({ ...bench.base, projects: changeOne(projects, redirectsHttp) }));
    await bench.edge.load(renderEdge(inputs[0] ?? bench.base));
    await untilIssued(bench);
    const [times, memory]: [number[], number[]] = [[], []];
    for (let load = 0; load < rounds * loadsPerRound; load++) {
      times.push(await timeLoad(bench, inputs[(load + 1) % 2] ?? bench.base));
      memory.push(((await bench.edge.health()).memoryBytes ?? Number.NaN) / 2 ** 20);
    }
    const size = JSON.stringify(renderEdge(inputs[0] ?? bench.base).document).length;
    recordFigure("routes-1000", { ours: times, note: `The document has ${Math.round(size / 1024)} KiB` });
    recordFigure("routes-1000-memory", { ours: memory });
  });
}

async function timeLoad({ edge }: BenchEdge, input: EdgeInput): Promise<number> {
  const startedAt = performance.now();
  const { isChanged } = await edge.load(renderEdge(input));
  const durationMs = performance.now() - startedAt;
  if (!isChanged) throw new Error("The document was in force already: nothing was measured.");
  return durationMs;
}

async function makeProjects(): Promise<EdgeProject[]> {
  const projects: EdgeProject[] = [];
  for (let index = 0; index < projectCount; index++) {
    const projectId = `bench${String(index).padStart(7, "0")}`;
    const domains = Array.from({ length: namesPerProject }, (_, name) => ({ hostname: `n${name}.${projectId}.test`, kind: "api" as const, tls: { kind: "internal" as const }, redirectsHttp: true, hsts: null, isOpen: true }));
    projects.push({ projectId, localListen: { address: "127.0.0.1", port: await freePort() }, gatewayUpstream: `127.0.0.1:${await freePort()}`, domains, studio: null, allowedNetworks: null });
  }
  return projects;
}

function changeOne(projects: readonly EdgeProject[], redirectsHttp: boolean): EdgeProject[] {
  return projects.map((project, index) => (index === 0 ? { ...project, domains: project.domains.map((domain, name) => (name === 0 ? { ...domain, redirectsHttp } : domain)) } : project));
}

/** All certificates are there: what is measured afterwards is the load alone, and the memory of an edge that holds them. */
async function untilIssued({ edge }: BenchEdge): Promise<void> {
  for (let tries = 0; tries < 180; tries++) {
    if ((await edge.listCertificates()).length >= projectCount * namesPerProject) return;
    await sleep(1_000);
  }
  throw new Error("The internal authority did not issue all certificates within 3 minutes.");
}
