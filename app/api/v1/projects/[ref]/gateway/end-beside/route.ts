import { endGatewayBeside } from "@/lib/projects/gateway/switch-gateway";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.endGatewayBeside, ({ ctx, params }) => endGatewayBeside(ctx, params));
