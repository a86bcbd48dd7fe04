import { previewKongImport } from "@/lib/projects/gateway/import-kong-file";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.importKong, ({ ctx, params, body }) => previewKongImport(ctx, { ...body, ref: params.ref }));
