import { rotateKey } from "@/lib/projects/keys/rotate-keys";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.rotateKey, ({ ctx, params, body }) => rotateKey(ctx, { ...body, ref: params.ref }));
