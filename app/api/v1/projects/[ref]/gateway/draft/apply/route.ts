import { applyGatewayDraft } from "@/lib/projects/gateway/apply-draft";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.applyGatewayDraft, ({ ctx, params, body }) => applyGatewayDraft(ctx, { ...body, ref: params.ref }));
