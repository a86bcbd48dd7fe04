import { addDomain } from "@/lib/projects/domains/add-domain";
import { listDomains } from "@/lib/projects/domains/list-domains";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";
import { webConfig } from "@/lib/server/web-config";

export const GET = handler(endpoints.listDomains, ({ ctx, params }) => listDomains(ctx, params));
export const POST = handler(endpoints.addDomain, ({ ctx, params, body }) => addDomain(ctx, { ...body, ref: params.ref }, { panelUrl: webConfig().url.href }));
