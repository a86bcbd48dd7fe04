import { proveProject } from "@/lib/projects/reconcile-project";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.proveProject, ({ ctx, params }) => proveProject(ctx, params));
