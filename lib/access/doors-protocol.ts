import { z } from "zod";

/** What the worker says about the addresses on which something of a project listens. Asked at once; nothing of it is stored. */

const serviceName = z.enum(["db", "api-gw", "auth", "rest", "realtime", "storage", "imgproxy", "meta", "functions", "studio", "supavisor"]);

const reachSchema = z.enum(["loopback", "network", "everyone"]).meta({ description: "Who gets to the address: this machine, machines of a private network, or everyone who reaches the machine." });
const severitySchema = z.enum(["ok", "notice", "warn", "danger"]);

const fixSchema = z
  .object({
    kind: z.enum(["edit-setting", "reconcile", "by-hand"]),
    /** The setting that closes it, where it is one. */
    setting: z.enum(["bindAddress", "isDirectDatabasePortOpen"]).nullable(),
    words: z.string(),
  })
  .meta({ description: "`edit-setting`: change `setting`; `reconcile`: reconcile the project; `by-hand`: something that only a person on the machine can do." });

const doorSchema = z.object({
  /** As Docker says it: `0.0.0.0` and `::` stand for every address. */
  address: z.string(),
  port: z.number().int(),
  protocol: z.enum(["tcp", "udp", "sctp"]),
  containerPort: z.number().int(),
  /** null: the container belongs to no service of the project. */
  service: z.string().nullable(),
  container: z.string(),
  title: z.string(),
  reach: reachSchema,
  isExpected: z.boolean().meta({ description: "Whether the project's settings ask for it." }),
  answers: z.boolean().nullable().meta({ description: "Whether a connection was taken just now; null: not tried." }),
  severity: severitySchema,
  why: z.string(),
  fix: fixSchema.nullable(),
});

const projectDoorsSchema = z.object({
  ref: z.string(),
  displayName: z.string(),
  state: z.string(),
  isChanging: z.boolean().meta({ description: "Whether an operation is at work on the project: what is listed changes with it." }),
  /** What decides what a fix restarts. null: the project's settings cannot be read. */
  settings: z.object({ bindAddress: z.string(), publicUrl: z.string(), isDirectDatabasePortOpen: z.boolean(), services: z.array(serviceName) }).nullable(),
  doors: z.array(doorSchema),
});

const look = {
  checkedAt: z.iso.datetime(),
  hostAddresses: z.array(z.string()).meta({ description: "Addresses of the engine's host from which ports were tried. Empty: the engine is on another machine, and nothing was tried." }),
};

/** GET /doors?ref: the doors of one project, from the engine's own answer and from trying them. */
export const doorsQuery = z.object({ ref: z.string().min(1).max(40) });
export const doorsResponse = projectDoorsSchema.extend(look);

/** GET /all-doors: those of every project, and of the installation itself. */
export const allDoorsResponse = z.object({
  ...look,
  installation: z.array(doorSchema).meta({ description: "What the edge holds open for all, or for no project, and the panel's own port." }),
  projects: z.array(projectDoorsSchema),
});

export type Reach = z.infer<typeof reachSchema>;
export type Severity = z.infer<typeof severitySchema>;
export type Door = z.infer<typeof doorSchema>;
export type DoorFix = z.infer<typeof fixSchema>;
export type ProjectDoors = z.infer<typeof projectDoorsSchema>;
export type DoorsResponse = z.infer<typeof doorsResponse>;
export type AllDoorsResponse = z.infer<typeof allDoorsResponse>;
