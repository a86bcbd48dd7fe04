import { revokeSession } from "@/lib/access/sessions";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const DELETE = handler(endpoints.revokeSession, ({ ctx, params }) => revokeSession(ctx, { sessionId: params.id }));
