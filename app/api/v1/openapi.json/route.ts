import { endpoints } from "@/lib/server/api-endpoints";
import { rawHandler } from "@/lib/server/handler";
import { buildOpenApi } from "@/lib/server/openapi";
import { webConfig } from "@/lib/server/web-config";

export const GET = rawHandler(endpoints.openApi, async () => Response.json(buildOpenApi(webConfig().url.origin)));
