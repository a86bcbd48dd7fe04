import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.checkDomain, ({ ctx, params }) => ctx.worker.checkDomain(params));
