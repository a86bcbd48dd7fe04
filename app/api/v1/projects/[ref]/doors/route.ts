import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.getDoors, ({ ctx, params }) => ctx.worker.doors(params.ref));
