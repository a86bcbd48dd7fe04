import { changeStudioUser, removeStudioUser } from "@/lib/projects/studio/change-studio";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const PUT = handler(endpoints.changeStudioUser, ({ ctx, params, body }) => changeStudioUser(ctx, { ...body, ...params }));
export const DELETE = handler(endpoints.removeStudioUser, ({ ctx, params }) => removeStudioUser(ctx, params));
