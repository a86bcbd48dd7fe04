import { NotFoundError } from "@/lib/access/errors";
import { endpoints } from "@/lib/server/api-endpoints";
import { rawHandler } from "@/lib/server/handler";

export const GET = rawHandler(endpoints.internalRoot, async ({ ctx, params }) => {
  const { pem } = await ctx.worker.internalRoot(params.ref);
  if (pem === null) throw new NotFoundError("The edge's own authority has issued nothing yet. Attach a domain of the kind “internal” first.");
  return new Response(pem, { headers: { "content-type": "application/x-pem-file", "content-disposition": 'attachment; filename="basehold-root.pem"', "cache-control": "no-store" } });
});
