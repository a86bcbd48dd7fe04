import { getMcpUses } from "@/lib/projects/gateway/get-mcp-uses";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.getMcpUses, ({ ctx, params }) => getMcpUses(ctx, { ref: params.ref }));
