import { listProjectMembers } from "@/lib/access/project-members";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.listProjectMembers, async ({ ctx, params }) => ({ items: await listProjectMembers(ctx, params.ref) }));
