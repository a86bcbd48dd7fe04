import { listFunctions } from "@/lib/projects/list-functions";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.listFunctions, async ({ ctx, params }) => ({ items: await listFunctions(ctx, params.ref) }));
