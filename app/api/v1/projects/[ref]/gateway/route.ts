import { getGateway } from "@/lib/projects/gateway/get-gateway";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.getGateway, ({ ctx, params }) => getGateway(ctx, params));
