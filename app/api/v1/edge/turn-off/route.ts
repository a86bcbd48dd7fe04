import { turnEdgeOff } from "@/lib/projects/edge/turn-edge";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.turnEdgeOff, ({ ctx }) => turnEdgeOff(ctx));
