import { switchLegacyKeys } from "@/lib/projects/keys/rotate-keys";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.switchLegacyKeys, ({ ctx, params, body }) => switchLegacyKeys(ctx, { ...body, ref: params.ref }));
