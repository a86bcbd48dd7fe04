import { revokeToken } from "@/lib/access/tokens";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const DELETE = handler(endpoints.revokeToken, ({ ctx, params }) => revokeToken(ctx, { tokenId: params.id }));
