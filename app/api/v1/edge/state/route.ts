import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.getEdgeState, ({ ctx }) => ctx.worker.edge());
