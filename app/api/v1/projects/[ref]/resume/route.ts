import { resumeProject } from "@/lib/projects/resume-project";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.resumeProject, ({ ctx, params }) => resumeProject(ctx, params));
