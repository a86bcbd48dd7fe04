import { restoreGatewayRevision } from "@/lib/projects/gateway/apply-draft";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.restoreGatewayRevision, ({ ctx, params }) => restoreGatewayRevision(ctx, params));
