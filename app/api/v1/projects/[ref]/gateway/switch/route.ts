import { previewGatewaySwitch, switchGateway } from "@/lib/projects/gateway/switch-gateway";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.previewGatewaySwitch, ({ ctx, params }) => previewGatewaySwitch(ctx, params));
export const POST = handler(endpoints.switchGateway, ({ ctx, params, body }) => switchGateway(ctx, { ...body, ref: params.ref }));
