import { revokeInvitation } from "@/lib/access/invitations";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const DELETE = handler(endpoints.revokeInvitation, ({ ctx, params }) => revokeInvitation(ctx, { invitationId: params.id }));
