import { z } from "zod";

/** What the worker says at once about the installation's edge. Asked each time; nothing of it is stored. */

const certificate = z.object({
  issuer: z.string(),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  daysLeft: z.number().int().meta({ description: "Whole days until it ends; negative once it has ended." }),
  level: z.enum(["ok", "soon", "urgent", "expired"]),
});

const servedName = z.object({
  hostname: z.string(),
  tls: z.enum(["acme", "uploaded", "internal", "none"]),
  project: z.object({ ref: z.string(), displayName: z.string() }).nullable().meta({ description: "null: the panel's own name." }),
  certificate: certificate.nullable().meta({ description: "null: it has none, or not yet." }),
});

/** GET /edge */
export const edgeStateResponse = z.object({
  state: z.enum(["absent", "stopped", "failing", "running"]).meta({ description: "`failing`: it starts again and again, because it cannot serve what it resumes." }),
  problem: z.string().nullable().meta({ description: "Caddy's last error, where it does not run." }),
  memoryBytes: z.number().nullable(),
  version: z.object({ inForce: z.string().nullable(), wanted: z.string().nullable(), isWanted: z.boolean() }),
  refusal: z.object({ sentence: z.string(), detail: z.string() }).nullable().meta({ description: "Why what is wanted was not put in force when that was last tried." }),
  leftOut: z.array(z.string()).meta({ description: "Addresses that another program holds, as `127.0.0.1:8100` or `:443`; all the rest is served." }),
  names: z.array(servedName),
  internalRootPem: z.string().nullable().meta({ description: "Root of the edge's own authority, for the devices of a LAN; null until it issued its first certificate." }),
});
export type EdgeStateResponse = z.infer<typeof edgeStateResponse>;
