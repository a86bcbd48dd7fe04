import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.revealSecrets, async ({ ctx, params, body }) => ({ values: await ctx.worker.reveal({ ...body, ref: params.ref }) }));
