import { revokeProjectInvitation } from "@/lib/access/invitations";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const DELETE = handler(endpoints.revokeProjectInvitation, ({ ctx, params }) => revokeProjectInvitation(ctx, { ref: params.ref, invitationId: params.id }));
