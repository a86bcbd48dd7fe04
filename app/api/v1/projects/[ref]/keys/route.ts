import { getKeys } from "@/lib/projects/keys/get-keys";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.getKeys, ({ ctx, params }) => getKeys(ctx, params));
