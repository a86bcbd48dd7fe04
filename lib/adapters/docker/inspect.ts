import { z } from "zod";
import type { InspectedContainer } from "@/lib/engine/port";

const portBinding = z.object({ HostIp: z.string(), HostPort: z.string() });

export const inspectSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  RestartCount: z.number(),
  State: z.object({
    Status: z.enum(["created", "running", "paused", "restarting", "exited", "dead", "removing"]),
    ExitCode: z.number(),
    StartedAt: z.string(),
    OOMKilled: z.boolean(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish(), Env: z.array(z.string()).nullish() }),
  NetworkSettings: z.object({ Ports: z.record(z.string(), z.array(portBinding).nullable()).nullish() }),
});

/** One container of `GET /containers/{id}/json`. */
export function toInspected(json: z.infer<typeof inspectSchema>): InspectedContainer {
  const health = json.State.Health?.Status;
  return {
    id: json.Id,
    name: json.Name.replace(/^\//, ""),
    labels: json.Config.Labels ?? {},
    state: json.State.Status,
    startedAt: json.State.StartedAt,
    health: health === "healthy" || health === "unhealthy" || health === "starting" ? health : "none",
    exitCode: json.State.Status === "created" ? null : json.State.ExitCode,
    isOomKilled: json.State.OOMKilled,
    restartCount: json.RestartCount,
    environment: Object.fromEntries((json.Config.Env ?? []).map(splitVariable)),
    imageId: json.Image,
    publishedPorts: Object.entries(json.NetworkSettings.Ports ?? {}).flatMap(([port, bindings]) =>
      (bindings ?? []).map((binding) => ({ containerPort: Number(port.split("/")[0]), hostIp: binding.HostIp, hostPort: Number(binding.HostPort) })),
    ),
  };
}

function splitVariable(text: string): [string, string] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}
