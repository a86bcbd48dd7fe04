import { listAudit } from "@/lib/access/audit-log";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.listAudit, ({ ctx, query }) => listAudit(ctx, query));
