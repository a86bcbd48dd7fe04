import { authorizeOperation } from "@/lib/projects/visible";
import { endpoints } from "@/lib/server/api-endpoints";
import { rawHandler } from "@/lib/server/handler";

export const GET = rawHandler(endpoints.downloadExport, async ({ ctx, params, request }) => {
  await authorizeOperation(ctx, "project.export", params.id);
  const { body, fileName, sizeBytes } = await ctx.worker.downloadExport(params.id, request.signal);
  const headers = new Headers({ "content-type": "application/gzip", "content-disposition": `attachment; filename="${fileName}"`, "cache-control": "no-store" });
  if (sizeBytes !== null) headers.set("content-length", String(sizeBytes));
  return new Response(body, { headers });
});
