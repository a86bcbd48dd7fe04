import { z } from "zod";
import type { DriftView, ServiceObservation } from "./views";

const service: z.ZodType<ServiceObservation> = z.object({
  service: z.enum(["db", "api-gw", "kong", "auth", "rest", "realtime", "storage", "imgproxy", "meta", "functions", "studio", "supavisor"]),
  state: z.enum(["healthy", "starting", "unhealthy", "stopped", "missing"]),
  image: z.string(),
  version: z.string(),
  containerId: z.string().nullable(),
  startedAt: z.string().nullable(),
  standIn: z.string().nullable(),
  memoryBytes: z.number().nullable(),
  memoryLimitBytes: z.number().nullable(),
  cpuCores: z.number().nullable(),
});
const services = z.array(service);
const drift: z.ZodType<DriftView[]> = z.array(z.object({ service: z.string(), kind: z.string(), sentence: z.string() }));

/** Parses `ObservedSnapshot.servicesJson`. */
export function parseServices(json: string): ServiceObservation[] {
  return services.parse(JSON.parse(json));
}

/** Parses `ObservedSnapshot.driftJson`. */
export function parseDrift(json: string): DriftView[] {
  return drift.parse(JSON.parse(json));
}
