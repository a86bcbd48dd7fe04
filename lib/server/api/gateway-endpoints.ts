import { gatewayHealthResponse, routeNumbersResponse } from "@/lib/access/gateway-protocol";
import { define, refParams } from "./define";

const routeNumbersSchema = routeNumbersResponse.meta({ id: "RouteNumbers", description: "By route id; a route without requests is left out." });
const gatewayHealthSchema = gatewayHealthResponse.meta({ id: "GatewayHealth" });

export const gatewayEndpoints = {
  getRouteNumbers: define({ name: "GET /api/v1/projects/{ref}/gateway/numbers", tag: "Gateway", summary: "Requests, latencies and errors of the last five minutes by route", params: refParams, answer: routeNumbersSchema }),
  getGatewayHealth: define({
    name: "GET /api/v1/projects/{ref}/gateway/health", tag: "Gateway", summary: "What the gateway says of itself",
    description: "Readiness, the configuration in force against the wanted one, refused configurations, and each upstream. Asked of the gateway now.", params: refParams, answer: gatewayHealthSchema,
  }),
};
