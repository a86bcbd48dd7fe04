import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.getGatewayHealth, ({ ctx, params }) => ctx.worker.gatewayHealth(params.ref));
