import { restartService } from "@/lib/projects/restart-service";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.restartService, ({ ctx, params, body }) => restartService(ctx, { ...body, ref: params.ref }));
