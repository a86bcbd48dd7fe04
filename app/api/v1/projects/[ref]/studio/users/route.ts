import { addStudioUser } from "@/lib/projects/studio/change-studio";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.addStudioUser, ({ ctx, params, body }) => addStudioUser(ctx, { ...body, ref: params.ref }));
