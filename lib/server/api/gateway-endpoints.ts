import { gatewayHealthResponse, routeNumbersResponse } from "@/lib/access/gateway-protocol";
import { z } from "zod";
import { define, refParams } from "./define";

const routeNumbersSchema = routeNumbersResponse.meta({ id: "RouteNumbers", description: "By route id; a route without requests is left out." });
const gatewayHealthSchema = gatewayHealthResponse.meta({ id: "GatewayHealth" });

export const gatewayEndpoints = {
  getRouteNumbers: define({ name: "GET /api/v1/projects/{ref}/gateway/numbers", tag: "Gateway", summary: "Requests, latencies and errors of the last five minutes by route", params: refParams, answer: routeNumbersSchema }),
  getMcpUses: define({
    name: "GET /api/v1/projects/{ref}/gateway/mcp-uses", tag: "Gateway", summary: "Who used the opened MCP endpoint within the last 7 days", description: "Counted by the gateway by the hour; addresses as networks, never a key. Who was refused (401, 403, 429) is counted apart, and the panel's own checks are not counted.", params: refParams,
    answer: z.object({ isCounted: z.boolean(), requestsLastDay: z.number(), requestsLastWeek: z.number(), refusedLastDay: z.number(), refusedLastWeek: z.number(), callers: z.array(z.object({ network: z.string(), userAgent: z.string(), requests: z.number(), lastAt: z.iso.datetime() })) }).meta({ id: "McpUses" }),
  }),
  getGatewayHealth: define({
    name: "GET /api/v1/projects/{ref}/gateway/health", tag: "Gateway", summary: "What the gateway says of itself",
    description: "Readiness, the configuration in force against the wanted one, refused configurations, and each upstream. Asked of the gateway now.", params: refParams, answer: gatewayHealthSchema,
  }),
};
