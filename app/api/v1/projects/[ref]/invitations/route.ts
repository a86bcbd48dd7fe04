import { inviteToProject, listProjectInvitations } from "@/lib/access/invitations";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";
import { linkBase } from "@/lib/server/panel-links";

export const GET = handler(endpoints.listProjectInvitations, async ({ ctx, params }) => ({ items: await listProjectInvitations(ctx, params.ref) }));
export const POST = handler(endpoints.inviteToProject, async ({ ctx, params, body }) => inviteToProject(ctx, { ...body, ref: params.ref }, await linkBase(ctx)));
