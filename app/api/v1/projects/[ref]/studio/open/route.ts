import { openStudio } from "@/lib/projects/studio/open-studio";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.openStudio, ({ ctx, params, body }) => openStudio(ctx, { ...body, ref: params.ref }));
