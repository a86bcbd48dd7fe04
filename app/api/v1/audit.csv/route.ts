import { auditCsv } from "@/lib/access/audit-log";
import { endpoints } from "@/lib/server/api-endpoints";
import { csvDownload } from "@/lib/server/csv-download";
import { rawHandler } from "@/lib/server/handler";

export const GET = rawHandler(endpoints.downloadAudit, async ({ ctx, query }) => csvDownload("basehold-audit.csv", auditCsv(ctx, query)));
