import { changeStudioSettings } from "@/lib/projects/studio/change-studio";
import { getStudio } from "@/lib/projects/studio/get-studio";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.getStudio, ({ ctx, params }) => getStudio(ctx, { ref: params.ref }));
export const PATCH = handler(endpoints.changeStudioSettings, ({ ctx, params, body }) => changeStudioSettings(ctx, { ...body, ref: params.ref }));
