import { undoDeleteProject } from "@/lib/projects/delete-project";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.undoDeleteProject, ({ ctx, params }) => undoDeleteProject(ctx, params));
