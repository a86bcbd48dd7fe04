import { changeProjectMember, removeProjectMember } from "@/lib/access/project-members";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const PUT = handler(endpoints.changeProjectMember, ({ ctx, params, body }) => changeProjectMember(ctx, { ...body, ...params }));
export const DELETE = handler(endpoints.removeProjectMember, ({ ctx, params }) => removeProjectMember(ctx, params));
