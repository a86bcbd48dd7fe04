import { z } from "zod";
import { auditFilter } from "@/lib/access/audit-log";
import { activityFilter } from "@/lib/projects/inputs";
import { define, operationParams, pageQuery, queryFlag } from "./define";
import { activitySchema, auditSchema, eventSchema, operationDetailSchema, operationSchema, pageOf, startedSchema } from "./schemas";

export const operationEndpoints = {
  listOperations: define({
    name: "GET /api/v1/operations", tag: "Operations", summary: "Operations that you may see, newest first",
    query: pageQuery(200).extend({ projectRef: z.string().max(40).optional(), isOpen: queryFlag.optional().meta({ description: "Only those that have not ended." }) }), answer: pageOf(operationSchema),
  }),
  getOperation: define({ name: "GET /api/v1/operations/{id}", tag: "Operations", summary: "One operation with its steps", params: operationParams, answer: operationDetailSchema }),
  followOperation: define({
    name: "GET /api/v1/operations/{id}/events", tag: "Operations", summary: "Follow an operation",
    description: "Events from the first one on, or after `Last-Event-ID`: a lost connection misses nothing. The stream says `end` when the operation has ended.",
    params: operationParams, query: z.object({ after: z.string().max(20).optional().meta({ description: "A sequence number, for clients that cannot send `Last-Event-ID`." }) }),
    media: { type: "text/event-stream", description: "One message per event (`OperationEvent`), its id being the sequence number; then `end`.", schema: eventSchema },
  }),
  downloadExport: define({ name: "GET /api/v1/operations/{id}/download", tag: "Operations", summary: "Download what an export made", params: operationParams, media: { type: "application/gzip", description: "A tar archive. It holds secrets." } }),
  cancelOperation: define({ name: "POST /api/v1/operations/{id}/cancel", tag: "Operations", summary: "Stop an operation and take back what it did", params: operationParams, status: 202, answer: startedSchema }),
  retryOperation: define({ name: "POST /api/v1/operations/{id}/retry", tag: "Operations", summary: "Try a failed operation again", params: operationParams, status: 202, answer: startedSchema }),

  followChanges: define({
    name: "GET /api/v1/events", tag: "Activity", summary: "Hear when something changed",
    media: { type: "text/event-stream", description: "A message `operation`, `project` or `installation` when something of that kind changed that you may see. Read it anew then." },
  }),
  listActivity: define({ name: "GET /api/v1/activity", tag: "Activity", summary: "Operations and audited acts that you may see, newest first", query: activityFilter, answer: pageOf(activitySchema) }),
  listAudit: define({ name: "GET /api/v1/audit", tag: "Activity", summary: "The audit log of the installation", query: auditFilter, answer: pageOf(auditSchema) }),
  downloadAudit: define({ name: "GET /api/v1/audit.csv", tag: "Activity", summary: "The audit log as CSV", query: auditFilter.omit({ cursor: true, limit: true }), media: { type: "text/csv", description: "RFC 4180, with a header." } }),
};
