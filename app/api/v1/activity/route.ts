import { listActivity } from "@/lib/projects/list-activity";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.listActivity, ({ ctx, query }) => listActivity(ctx, query));
