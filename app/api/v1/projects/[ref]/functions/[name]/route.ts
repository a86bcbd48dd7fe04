import { deleteFunction, deployFunction } from "@/lib/projects/deploy-function";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const PUT = handler(endpoints.deployFunction, ({ ctx, params, body }) => deployFunction(ctx, { ...body, ...params }));
export const DELETE = handler(endpoints.deleteFunction, ({ ctx, params }) => deleteFunction(ctx, params));
