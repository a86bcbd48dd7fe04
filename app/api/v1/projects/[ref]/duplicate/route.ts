import { duplicateProject } from "@/lib/projects/duplicate-project";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.duplicateProject, ({ ctx, params, body }) => duplicateProject(ctx, { ...body, ref: params.ref }));
