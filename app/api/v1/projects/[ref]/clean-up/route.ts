import { cleanUpProject } from "@/lib/projects/delete-project";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.cleanUpProject, ({ ctx, params }) => cleanUpProject(ctx, params));
