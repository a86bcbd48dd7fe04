import type { Store } from "@/lib/adapters/store/types";
import type { ContractResultView, ServiceObservation } from "@/lib/projects/views";
import { defaultRelease } from "@/lib/stack/releases";
import { newId } from "./panel";

const mebibyte = 1024 ** 2;
const releaseServices = defaultRelease.services;

/** `count` projects as they lie in the store once they are ready: settings, ports, an observation and a passed contract each. */
export async function seedFleet(store: Store, count: number): Promise<string[]> {
  const host = await store.db.host.findFirstOrThrow();
  const now = new Date();
  const refs = Array.from({ length: count }, (_, index) => `fleet-${String(index).padStart(3, "0")}`);
  await store.transaction(async (tx) => {
    for (const [index, ref] of refs.entries()) {
      const id = `fleet${String(index).padStart(7, "0")}`;
      const ports = { gateway: 20_000 + index, "pooler-session": 21_000 + index, "pooler-transaction": 22_000 + index };
      await tx.project.create({
        data: {
          id, ref, hostId: host.id, displayName: `Fleet ${index}`, wish: "run", state: "ready", release: defaultRelease.name, settingsJson: JSON.stringify(settingsOf(index)), revision: 1, driftPolicy: "report", createdAt: now, readyAt: now,
          ports: { create: Object.entries(ports).map(([purpose, port]) => ({ id: newId(), hostId: host.id, port, purpose })) },
          snapshot: { create: { takenAt: now, servicesJson: JSON.stringify(servicesOf(now)), driftJson: "[]" } },
          contractRuns: { create: { id: newId(), at: now, isPassed: true, resultsJson: JSON.stringify(contract) } },
        },
      });
    }
  });
  return refs;
}

function settingsOf(index: number) {
  const services = releaseServices.map((service) => service.name);
  return { displayName: `Fleet ${index}`, release: defaultRelease.name, services, bindAddress: "127.0.0.1", publicUrl: `http://127.0.0.1:${20_000 + index}`, siteUrl: "http://localhost:3000", redirectUrls: [], smtp: null, isDirectDatabasePortOpen: false };
}

function servicesOf(now: Date): ServiceObservation[] {
  return releaseServices.map((service, index) => ({
    service: service.name, state: "healthy", image: service.image, version: service.image.split(":").at(-1) ?? "", containerId: `${index}`.repeat(12), startedAt: now.toISOString(), standIn: null,
    memoryBytes: (30 + index * 10) * mebibyte, memoryLimitBytes: null, cpuCores: 0.01,
  }));
}

/** As many requests as the contract of a full stack has. */
const contract: ContractResultView[] = Array.from({ length: 36 }, (_, index) => ({
  id: `request-${index}`, title: `Request ${index} of the contract`, method: "GET", path: `/rest/v1/${index}`, credential: "publishable", expected: "200", received: "200", isPassed: true, durationMs: 12,
}));
