import { createProject } from "@/lib/projects/create-project";
import { listProjects } from "@/lib/projects/list-projects";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.listProjects, ({ ctx, query }) => listProjects(ctx, query));
export const POST = handler(endpoints.createProject, ({ ctx, body }) => createProject(ctx, body));
