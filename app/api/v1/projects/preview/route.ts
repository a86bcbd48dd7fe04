import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.previewProject, ({ ctx, body }) => ctx.worker.preflight(body));
