import { inviteToTeam, listInvitations } from "@/lib/access/invitations";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";
import { linkBase } from "@/lib/server/panel-links";

export const GET = handler(endpoints.listInvitations, async ({ ctx }) => ({ items: await listInvitations(ctx) }));
export const POST = handler(endpoints.invite, async ({ ctx, body }) => inviteToTeam(ctx, body, await linkBase(ctx)));
