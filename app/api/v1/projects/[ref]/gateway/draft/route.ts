import { discardGatewayDraft, saveGatewayDraft } from "@/lib/projects/gateway/save-draft";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const PUT = handler(endpoints.saveGatewayDraft, ({ ctx, params, body }) => saveGatewayDraft(ctx, { ...body, ref: params.ref }));
export const DELETE = handler(endpoints.discardGatewayDraft, async ({ ctx, params, body }) => {
  await discardGatewayDraft(ctx, { ...body, ref: params.ref });
  return {};
});
