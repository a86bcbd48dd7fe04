import { rotateJwtSecret } from "@/lib/projects/keys/rotate-keys";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.rotateJwtSecret, ({ ctx, params, body }) => rotateJwtSecret(ctx, { ...body, ref: params.ref }));
