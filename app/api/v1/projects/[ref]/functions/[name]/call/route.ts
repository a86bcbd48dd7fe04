import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.callFunction, ({ ctx, params, body }) => ctx.worker.callFunction({ ...body, ...params }));
