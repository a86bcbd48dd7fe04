import { retryOperation } from "@/lib/projects/steer-operation";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.retryOperation, ({ ctx, params }) => retryOperation(ctx, { operationId: params.id }));
