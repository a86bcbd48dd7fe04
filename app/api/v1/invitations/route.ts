import { inviteToTeam, listInvitations } from "@/lib/access/invitations";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";
import { webConfig } from "@/lib/server/web-config";

export const GET = handler(endpoints.listInvitations, async ({ ctx }) => ({ items: await listInvitations(ctx) }));
export const POST = handler(endpoints.invite, ({ ctx, body }) => inviteToTeam(ctx, body, webConfig().url.href));
