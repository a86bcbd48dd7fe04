import { previewDomain } from "@/lib/projects/domains/preview-domain";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.previewDomain, ({ ctx, params, query }) => previewDomain(ctx, { ...params, ...query }));
