import { cancelOperation } from "@/lib/projects/steer-operation";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.cancelOperation, ({ ctx, params }) => cancelOperation(ctx, { operationId: params.id }));
