import { endStudioSessions } from "@/lib/projects/studio/studio-sessions";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const DELETE = handler(endpoints.endStudioSession, ({ ctx, params }) => endStudioSessions(ctx, { ref: params.ref, sessionId: params.id }));
