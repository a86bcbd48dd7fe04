import { z } from "zod";
import { edgeStateResponse } from "@/lib/access/edge-protocol";
import { edgeChangeSchema } from "@/lib/projects/edge/edge-setting";
import { editEdgeInput } from "@/lib/projects/edge/inputs";
import { define, refParams } from "./define";
import { maybeStartedSchema, startedSchema } from "./schemas";

const edgeSchema = z
  .object({
    isOn: z.boolean(), openOperationId: z.string().nullable(), projectsBehind: z.number(), domains: z.number(),
    failure: z.object({ operationId: z.string(), title: z.string(), sentence: z.string(), evidence: z.array(z.string()) }).nullable().meta({ description: "Why the newest change of the edge was taken back, or failed." }),
    settings: edgeChangeSchema.meta({ description: "Where certificates come from (null: Let's Encrypt), the public ports, and the panel's own name." }),
    panelUrl: z.string().nullable().meta({ description: "Where the panel is reached through the edge; null: by its own address alone." }),
    waiting: z.array(z.object({ ref: z.string(), displayName: z.string(), reason: z.string().nullable() })).meta({ description: "Projects that have not followed the setting; `reason` says why a move failed." }),
  })
  .meta({ id: "Edge" });

export const edgeEndpoints = {
  getEdge: define({ name: "GET /api/v1/edge", tag: "Installation", summary: "Whether one edge stands in front of all projects", answer: edgeSchema }),
  editEdge: define({
    name: "PATCH /api/v1/edge", tag: "Installation", summary: "Change where certificates come from, the public ports, or the panel's own name",
    description: "What is left out stays. The edge serves it, the panel is asked under its name, and what fails goes back. 409 `edge-off`, `name-taken`, `domains-left`. `operationId` is null when nothing changes.", body: editEdgeInput, status: 202, answer: maybeStartedSchema,
  }),
  getEdgeState: define({ name: "GET /api/v1/edge/state", tag: "Installation", summary: "What the edge is at: state, memory, version in force, and the certificate of each name", answer: edgeStateResponse.meta({ id: "EdgeState" }) }),
  turnEdgeOn: define({ name: "POST /api/v1/edge/turn-on", tag: "Installation", summary: "Put one edge in front of all projects", description: "Each project keeps its address and is moved by an operation of its own, proven by the contract and taken back when it fails.", status: 202, answer: startedSchema }),
  turnEdgeOff: define({ name: "POST /api/v1/edge/turn-off", tag: "Installation", summary: "Take the edge away again", description: "409 `domains-left` while a domain of a project is served, `panel-host-left` while the panel has a name.", status: 202, answer: startedSchema }),
  checkPublic: define({ name: "POST /api/v1/projects/{ref}/check-public", tag: "Projects", summary: "Send the contract through the public URL", description: "Changes nothing. 409 `no-public-url` while the public URL is the project's own address.", params: refParams, status: 202, answer: startedSchema }),
};
