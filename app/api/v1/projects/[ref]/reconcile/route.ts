import { reconcileProject } from "@/lib/projects/reconcile-project";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.reconcileProject, ({ ctx, params }) => reconcileProject(ctx, params));
