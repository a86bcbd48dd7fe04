import { getOperation } from "@/lib/projects/get-operation";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.getOperation, ({ ctx, params }) => getOperation(ctx, params.id));
