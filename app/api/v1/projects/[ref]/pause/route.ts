import { pauseProject } from "@/lib/projects/pause-project";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.pauseProject, ({ ctx, params }) => pauseProject(ctx, params));
