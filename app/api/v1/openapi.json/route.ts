import { endpoints } from "@/lib/server/api-endpoints";
import { rawHandler } from "@/lib/server/handler";
import { buildOpenApi } from "@/lib/server/openapi";
import { requestAddress } from "@/lib/server/request-address";

export const GET = rawHandler(endpoints.openApi, async ({ request }) => Response.json(buildOpenApi(requestAddress(request.headers).url.origin)));
