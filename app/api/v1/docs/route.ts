import { renderApiDocs } from "@/lib/server/api-docs";
import { endpoints } from "@/lib/server/api-endpoints";
import { rawHandler } from "@/lib/server/handler";
import { buildOpenApi } from "@/lib/server/openapi";
import { requestAddress } from "@/lib/server/request-address";

export const GET = rawHandler(endpoints.readDocs, async ({ request }) => new Response(renderApiDocs(buildOpenApi(requestAddress(request.headers).url.origin)), { headers: { "content-type": "text/html; charset=utf-8" } }));
