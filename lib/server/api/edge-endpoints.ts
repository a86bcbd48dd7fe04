import { z } from "zod";
import { define, refParams } from "./define";
import { startedSchema } from "./schemas";

const edgeSchema = z
  .object({
    isOn: z.boolean(), openOperationId: z.string().nullable(), projectsBehind: z.number(), domains: z.number(),
    waiting: z.array(z.object({ ref: z.string(), displayName: z.string(), reason: z.string().nullable() })).meta({ description: "Projects that have not followed the setting; `reason` says why a move failed." }),
  })
  .meta({ id: "Edge" });

export const edgeEndpoints = {
  getEdge: define({ name: "GET /api/v1/edge", tag: "Installation", summary: "Whether one edge stands in front of all projects", answer: edgeSchema }),
  turnEdgeOn: define({ name: "POST /api/v1/edge/turn-on", tag: "Installation", summary: "Put one edge in front of all projects", description: "Each project keeps its address and is moved by an operation of its own, proven by the contract and taken back when it fails.", status: 202, answer: startedSchema }),
  turnEdgeOff: define({ name: "POST /api/v1/edge/turn-off", tag: "Installation", summary: "Take the edge away again", description: "409 `domains-left` while a project has a domain.", status: 202, answer: startedSchema }),
  checkPublic: define({ name: "POST /api/v1/projects/{ref}/check-public", tag: "Projects", summary: "Send the contract through the public URL", description: "Changes nothing. 409 `no-public-url` while the public URL is the project's own address.", params: refParams, status: 202, answer: startedSchema }),
};
