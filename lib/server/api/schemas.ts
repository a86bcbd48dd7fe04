import { z } from "zod";
import { allDoorsResponse, doorsResponse } from "@/lib/access/doors-protocol";
import { gatewaySettingsSchema } from "@/lib/gateway/route-model";
import { callFunctionResponse, metricsResponse, preflightResponse } from "@/lib/access/worker-protocol";

/** What the REST API answers, as schemas. `contracts.ts` holds each to the type that pages get, so that the two cannot part. */

const at = z.iso.datetime();
const role = z.enum(["owner", "admin", "operator", "viewer", "none"]);
const serviceNames = ["db", "api-gw", "auth", "rest", "realtime", "storage", "imgproxy", "meta", "functions", "studio", "supavisor"] as const;
const serviceName = z.enum(serviceNames);
const stackServiceName = z.enum([...serviceNames, "kong"]);

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

export const emptySchema = z.object({}).meta({ id: "Done", description: "It was done; there is nothing more to say." });
export const startedSchema = z.object({ operationId: z.string() }).meta({ id: "Started", description: "The wish was written down; follow the operation." });
export const maybeStartedSchema = z.object({ operationId: z.string().nullable() }).meta({ id: "Changed", description: "`operationId` is null when nothing has to be applied." });
export const createdProjectSchema = z.object({ projectId: z.string(), ref: z.string(), operationId: z.string() }).meta({ id: "CreatedProject" });
export const deployedSchema = z.object({ operationId: z.string(), version: z.number() }).meta({ id: "DeployedFunction" });

const listItem = z.object({
  id: z.string(), ref: z.string(), displayName: z.string(),
  state: z.enum(["creating", "ready", "degraded", "paused", "failed", "deleting", "deleted", "unknown"]),
  stateReason: z.string().nullable(), release: z.string(), gateway: z.enum(["envoy", "kong"]), apiUrl: z.string(),
  memoryBytes: z.number().nullable(), servicesHealthy: z.number(), servicesTotal: z.number(), hasDrift: z.boolean(), hasStandIns: z.boolean(),
  runningOperationId: z.string().nullable(), observedAt: at.nullable(), createdAt: at, purgeAfter: at.nullable(),
});
export const projectSchema = listItem.meta({ id: "Project" });

const service = z.object({
  service: stackServiceName, state: z.enum(["healthy", "starting", "unhealthy", "stopped", "missing"]), image: z.string(), version: z.string(), containerId: z.string().nullable(),
  startedAt: z.string().nullable(), standIn: z.string().nullable(), memoryBytes: z.number().nullable(), memoryLimitBytes: z.number().nullable(), cpuCores: z.number().nullable(),
});
const contractResult = z.object({
  id: z.string(), title: z.string(), method: z.string(), path: z.string(), credential: z.string(), expected: z.string(), received: z.string(), isPassed: z.boolean(), durationMs: z.number(),
});
const door = z.object({ host: z.string(), port: z.number(), user: z.string(), database: z.string() }).nullable();
const ports = z.object({ gateway: z.number(), gatewayInner: z.number().optional().meta({ description: "Loopback port of the gateway behind the edge; absent where no edge stands in front." }), poolerSession: z.number(), poolerTransaction: z.number(), database: z.number().nullable() });
const settings = z.object({
  displayName: z.string(), release: z.string(), services: z.array(serviceName), bindAddress: z.string(), publicUrl: z.string(), siteUrl: z.string(), redirectUrls: z.array(z.string()),
  smtp: z.object({ host: z.string(), port: z.number(), user: z.string(), senderEmail: z.string(), senderName: z.string() }).nullable(), isDirectDatabasePortOpen: z.boolean(),
  keys: z.object({ legacy: z.enum(["on", "leaving", "off"]), publishableOverlapEndsAt: z.iso.datetime().nullable(), secretOverlapEndsAt: z.iso.datetime().nullable() }).optional(),
  studio: z.object({ allowedNetworks: z.array(z.string()).nullable(), isOnApiNames: z.boolean(), isOnLocalAddress: z.boolean() }).optional(),
});

export const projectDetailSchema = listItem
  .extend({
    services: z.array(service),
    drift: z.array(z.object({ service: z.string(), kind: z.string(), sentence: z.string() })),
    contract: z.object({ at, isPassed: z.boolean(), results: z.array(contractResult) }).nullable(),
    connection: z.object({ apiUrl: z.string(), sessionPooler: door, transactionPooler: door, direct: door }),
    isMailConfigured: z.boolean(), driftPolicy: z.enum(["report", "enforce"]), wasEverReady: z.boolean(),
    gatewayBeside: z.object({ kind: z.enum(["envoy", "kong"]), state: z.enum(["candidate", "kept"]), until: at.nullable() }).nullable().meta({ description: "The gateway that does not serve, while a switch goes on or until the way back ends." }),
    settings, ports,
    may: z.array(z.string()).meta({ description: "Permissions that the asker holds on this project." }),
  })
  .meta({ id: "ProjectDetail" });

const operationStatus = z.enum(["queued", "running", "compensating", "waiting", "done", "failed", "cancelled", "undone"]);
export const operationSchema = z
  .object({
    id: z.string(), kind: z.string(), title: z.string(), projectId: z.string().nullable(), projectRef: z.string().nullable(), status: operationStatus, actorName: z.string(),
    createdAt: at, startedAt: at.nullable(), finishedAt: at.nullable(), isCancellable: z.boolean(), isRetryable: z.boolean(), isPastPointOfNoReturn: z.boolean(),
    steps: z.array(z.object({ key: z.string(), title: z.string(), status: z.string(), startedAt: at.nullable(), finishedAt: at.nullable(), note: z.string().nullable() })),
    failure: z.object({ sentence: z.string(), service: z.string().nullable(), evidence: z.array(z.string()) }).nullable(), lastSeq: z.number(),
  })
  .meta({ id: "Operation" });
export const operationDetailSchema = operationSchema
  .extend({ summary: z.string().nullable().meta({ description: "What was asked for, in a sentence that names it; null where the asker may not read it." }) })
  .meta({ id: "OperationDetail" });

export const eventSchema = z
  .object({ seq: z.number(), at, level: z.enum(["info", "warn", "error", "progress"]), stepKey: z.string().nullable(), message: z.string(), current: z.number().nullable(), total: z.number().nullable() })
  .meta({ id: "OperationEvent" });

export const activitySchema = z
  .object({
    id: z.string(), at, actorName: z.string(), actorKind: z.string(), action: z.string(), summary: z.string(), projectRef: z.string().nullable(), operationId: z.string().nullable(),
    operationStatus: operationStatus.nullable(), ip: z.string().nullable(),
  })
  .meta({ id: "Activity" });

export const auditSchema = z
  .object({
    id: z.string(), at, actorKind: z.string(), actorId: z.string().nullable(), actorName: z.string(), ip: z.string().nullable(), action: z.string(), projectRef: z.string().nullable(), operationId: z.string().nullable(),
    targetKind: z.string().nullable(), targetId: z.string().nullable(), summary: z.string(), detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "AuditEntry" });

export const functionSchema = z
  .object({ name: z.string(), version: z.number(), sizeBytes: z.number(), deployedAt: at.nullable(), createdAt: at, files: z.array(z.object({ path: z.string(), contentBase64: z.string() })) })
  .meta({ id: "Function" });

const gatewaySettings = gatewaySettingsSchema.meta({ id: "GatewaySettings", description: "All that was chosen for the gateway: own routes, changes of built-in ones, MCP, private networks for external routes." });
const gatewayRevision = z.object({
  number: z.number(), state: z.enum(["applying", "in-force", "superseded", "failed"]), summary: z.array(z.string()), cause: z.string().nullable(), authorName: z.string(), operationId: z.string().nullable(),
  createdAt: at, appliedAt: at.nullable(), failure: z.object({ sentence: z.string(), evidence: z.array(z.string()) }).nullable(),
});
const whatItDoes = {
  changes: z.array(z.object({ kind: z.enum(["added", "removed", "changed"]), routeId: z.string().nullable(), sentence: z.string() })),
  warnings: z.array(z.object({ id: z.string(), routeId: z.string(), sentence: z.string(), phrase: z.string().optional() })),
};
const gatewayDraft = z.object({ version: z.string(), settings: gatewaySettings, cause: z.string().nullable(), editorName: z.string(), editedAt: at, isBehind: z.boolean(), ...whatItDoes });

export const gatewaySchema = z
  .object({
    ref: z.string(), revision: z.number().nullable(), settings: gatewaySettings, options: z.object({ enabledServices: z.array(serviceName).readonly(), release: z.object({ restrictsMetaCors: z.boolean() }), publicUrl: z.string(), isLegacyOff: z.boolean().optional() }),
    machineAddress: z.string().nullable(), draft: gatewayDraft.nullable(), revisions: z.array(gatewayRevision), openOperationId: z.string().nullable(), mayEdit: z.boolean(), mayOpenNetworks: z.boolean(),
  })
  .meta({ id: "Gateway" });
export const draftVersionSchema = z.object({ version: z.string().nullable() }).meta({ id: "GatewayDraftVersion", description: "null: what was saved changes nothing, so there is no draft any more." });
const textPlace = { line: z.number(), column: z.number() };
export const kongImportSchema = z
  .object({
    ownRoutes: gatewaySettingsSchema.shape.ownRoutes, builtInOverrides: gatewaySettingsSchema.shape.builtInOverrides,
    unchanged: z.array(z.string()).meta({ description: "Built-in routes that the file has as the release has them." }),
    sources: z.record(z.string(), z.object({ ...textPlace, name: z.string(), target: z.string(), plugins: z.array(z.string()) })).meta({ description: "What each route was in the file, by its id here." }),
    notCarried: z.array(z.object({ where: z.string(), ...textPlace, what: z.string(), why: z.string() })),
    alreadyThere: z.array(z.string()), settings: gatewaySettings, version: z.string().nullable(), ...whatItDoes,
  })
  .meta({ id: "KongImport", description: "`settings` and `version` are what saving it as the draft takes. Keys, passwords and certificates of the file are never in it." });
export const startedRevisionSchema = z.object({ operationId: z.string(), number: z.number() }).meta({ id: "StartedRevision" });

export const memberSchema = z
  .object({ userId: z.string(), name: z.string(), email: z.string(), role: z.string(), since: at, lastSeenAt: at.nullable(), mayChange: z.boolean() })
  .meta({ id: "Member" });

export const invitationSchema = z
  .object({ id: z.string(), email: z.string(), role: z.string(), invitedBy: z.string().nullable(), createdAt: at, expiresAt: at })
  .meta({ id: "Invitation" });
export const invitationLinkSchema = z.object({ id: z.string(), link: z.string(), expiresAt: at }).meta({ id: "InvitationLink", description: "The link is shown this once; only its hash is kept." });

export const tokenSchema = z
  .object({
    id: z.string(), name: z.string(), prefix: z.string(), role: z.string(), projectRefs: z.array(z.string()).nullable(), scopes: z.array(z.string()), createdAt: at, expiresAt: at, lastUsedAt: at.nullable(), ownerName: z.string().nullable(),
  })
  .meta({ id: "Token" });
export const newTokenSchema = z.object({ id: z.string(), token: z.string(), expiresAt: at }).meta({ id: "NewToken", description: "The token is shown this once; only its hash is kept." });
export const sessionSchema = z.object({ id: z.string(), userAgent: z.string(), ip: z.string(), createdAt: at, lastSeenAt: at, isCurrent: z.boolean() }).meta({ id: "Session" });

export const meSchema = z
  .object({
    kind: z.enum(["user", "token"]), userId: z.string(), name: z.string(), email: z.string().nullable(), installationRole: role,
    projects: z.array(z.object({ ref: z.string(), role: z.enum(["admin", "operator", "viewer"]) })),
    token: z.object({ id: z.string(), scopes: z.array(z.string()), onlyProjectRefs: z.array(z.string()).nullable() }).nullable(),
  })
  .meta({ id: "Me" });

export const secretsSchema = z.object({ values: z.record(z.string(), z.string()) }).meta({ id: "Secrets" });
export const metricsSchema = metricsResponse.meta({ id: "Metrics" });
export const doorsSchema = doorsResponse.meta({ id: "Doors", description: "Every address on which something of the project listens, worst first." });
export const allDoorsSchema = allDoorsResponse.meta({ id: "AllDoors" });
export const previewSchema = preflightResponse.meta({ id: "ProjectPreview", description: "What would be made, and what stands in its way: an item with the state `stop` does." });
export const calledFunctionSchema = callFunctionResponse.meta({ id: "CalledFunction", description: "What the function answered." });

export const problemSchema = z
  .object({
    type: z.string(), title: z.string(), status: z.number().int(), detail: z.string(), code: z.string(),
    fields: z.record(z.string(), z.string()).optional().meta({ description: "Inputs that were refused, each with the rule it broke." }),
  })
  .meta({ id: "Problem", description: "An error as RFC 9457 says it." });
