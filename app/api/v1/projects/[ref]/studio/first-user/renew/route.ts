import { renewFirstStudioUser } from "@/lib/projects/studio/change-studio";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.renewFirstStudioUser, ({ ctx, params }) => renewFirstStudioUser(ctx, { ref: params.ref }));
