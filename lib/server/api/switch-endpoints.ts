import { z } from "zod";
import { switchInput } from "@/lib/projects/gateway/switch-gateway";
import { define, refParams } from "./define";
import { startedSchema } from "./schemas";

const kind = z.enum(["envoy", "kong"]);
const severity = z.enum(["same", "differs", "impossible"]);
const difference = z.object({ id: z.string(), severity: z.enum(["differs", "impossible"]), title: z.string(), envoy: z.string(), kong: z.string(), wayOut: z.string().nullable(), needsOwner: z.literal(true).optional() });

const switchSchema = z
  .object({
    ref: z.string(), serving: kind, usual: kind, beside: z.object({ kind, state: z.enum(["candidate", "kept"]), until: z.iso.datetime().nullable() }).nullable(), to: kind,
    report: z.object({
      towards: kind, severity, needsOwner: z.boolean(),
      routes: z.array(z.object({ routeId: z.string(), isOwn: z.boolean(), severity, differenceIds: z.array(z.string()).readonly(), samePolicies: z.array(z.string()).readonly() })).readonly(),
      differences: z.array(difference.extend({ routeIds: z.array(z.string()).readonly() })).readonly(),
      general: z.array(difference).readonly(),
    }),
    keepsSockets: z.boolean(), keptHours: z.number(), openOperationId: z.string().nullable(), whyNot: z.string().nullable(), maySwitch: z.boolean(),
  })
  .meta({ id: "GatewaySwitch", description: "`usual` is the release's own gateway. `beside` is kept after a switch until its time is over, with the sockets that are open on it." });

const path = "/api/v1/projects/{ref}/gateway";

export const switchEndpoints = {
  previewGatewaySwitch: define({ name: `GET ${path}/switch`, tag: "Gateway", summary: "Which gateway serves, and what would be different with the other", params: refParams, answer: switchSchema }),
  switchGateway: define({
    name: `POST ${path}/switch`, tag: "Gateway", summary: "Switch between Envoy and Kong",
    description: "The other gateway starts beside the present one and is proven on an address of its own before the traffic moves; the present one is kept for 24 h. Differences not named in `acknowledged` stop it with 409 `differences`, whose `fields` name each as `acknowledged.{id}`; a route that the other cannot express is refused with 409 `not-equivalent`. What fails or is cancelled leaves the present gateway serving.",
    params: refParams, body: switchInput.omit({ ref: true }), status: 202, answer: startedSchema,
  }),
  endGatewayBeside: define({ name: `POST ${path}/end-beside`, tag: "Gateway", summary: "End the gateway that was kept after a switch", description: "Sockets that are open on it close.", params: refParams, status: 202, answer: startedSchema }),
};
