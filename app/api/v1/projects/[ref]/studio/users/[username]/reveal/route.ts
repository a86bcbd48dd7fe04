import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.revealStudioUser, ({ ctx, params }) => ctx.worker.revealStudioUser(params));
