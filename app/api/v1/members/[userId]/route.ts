import { changeTeamRole, removeFromTeam } from "@/lib/access/team";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const PATCH = handler(endpoints.changeRole, ({ ctx, params, body }) => changeTeamRole(ctx, { ...body, ...params }));
export const DELETE = handler(endpoints.removeMember, ({ ctx, params }) => removeFromTeam(ctx, params));
