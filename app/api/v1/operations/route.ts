import { listOperations } from "@/lib/projects/get-operation";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.listOperations, ({ ctx, query }) => listOperations(ctx, query));
