import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.getRouteNumbers, ({ ctx, params }) => ctx.worker.routeNumbers(params.ref));
