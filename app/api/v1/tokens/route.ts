import { createToken, listTokens } from "@/lib/access/tokens";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.listTokens, async ({ ctx }) => ({ items: await listTokens(ctx) }));
export const POST = handler(endpoints.createToken, ({ ctx, body }) => createToken(ctx, body));
