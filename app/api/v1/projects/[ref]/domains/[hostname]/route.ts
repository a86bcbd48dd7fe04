import { removeDomain } from "@/lib/projects/domains/attach-domain";
import { changeDomain } from "@/lib/projects/domains/change-domain";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const PATCH = handler(endpoints.changeDomain, ({ ctx, params, body }) => changeDomain(ctx, { ...body, ...params }));
export const DELETE = handler(endpoints.removeDomain, ({ ctx, params }) => removeDomain(ctx, params));
