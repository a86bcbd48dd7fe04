import { endKeyOverlap } from "@/lib/projects/keys/rotate-keys";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.endKeyOverlap, ({ ctx, params, body }) => endKeyOverlap(ctx, { ...body, ref: params.ref }));
