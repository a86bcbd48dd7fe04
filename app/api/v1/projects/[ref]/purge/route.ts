import { purgeProject } from "@/lib/projects/delete-project";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.purgeProject, ({ ctx, params, body }) => purgeProject(ctx, { ...body, ref: params.ref }));
