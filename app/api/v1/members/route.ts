import { listTeam } from "@/lib/access/team";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.listMembers, async ({ ctx }) => ({ items: await listTeam(ctx) }));
