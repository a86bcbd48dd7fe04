import { checkPublicAddress } from "@/lib/projects/check-public-address";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.checkPublic, ({ ctx, params }) => checkPublicAddress(ctx, params));
