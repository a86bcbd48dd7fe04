import { attachDomain } from "@/lib/projects/domains/attach-domain";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.attachDomain, ({ ctx, params, body }) => attachDomain(ctx, { ...body, ...params }));
