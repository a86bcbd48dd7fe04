import { exportProject } from "@/lib/projects/export-project";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.exportProject, ({ ctx, params }) => exportProject(ctx, params));
