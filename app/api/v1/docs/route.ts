import { renderApiDocs } from "@/lib/server/api-docs";
import { endpoints } from "@/lib/server/api-endpoints";
import { rawHandler } from "@/lib/server/handler";
import { buildOpenApi } from "@/lib/server/openapi";
import { webConfig } from "@/lib/server/web-config";

export const GET = rawHandler(endpoints.readDocs, async () => new Response(renderApiDocs(buildOpenApi(webConfig().url.origin)), { headers: { "content-type": "text/html; charset=utf-8" } }));
