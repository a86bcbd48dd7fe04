import { endpoints } from "@/lib/server/api-endpoints";
import { checkReady } from "@/lib/server/check-ready";
import { rawHandler } from "@/lib/server/handler";

export const GET = rawHandler(endpoints.isReady, async ({ ctx }) => checkReady(ctx));
