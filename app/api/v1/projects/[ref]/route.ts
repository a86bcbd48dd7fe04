import { deleteProject } from "@/lib/projects/delete-project";
import { editProject } from "@/lib/projects/edit-project";
import { getProject } from "@/lib/projects/get-project";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.getProject, ({ ctx, params }) => getProject(ctx, params.ref));
export const PATCH = handler(endpoints.editProject, ({ ctx, params, body }) => editProject(ctx, { ...body, ref: params.ref }));
export const DELETE = handler(endpoints.deleteProject, ({ ctx, params, body }) => deleteProject(ctx, { ...body, ref: params.ref }));
