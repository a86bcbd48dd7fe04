import { listSessions } from "@/lib/access/sessions";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.listSessions, async ({ ctx }) => ({ items: await listSessions(ctx) }));
