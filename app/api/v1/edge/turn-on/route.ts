import { turnEdgeOn } from "@/lib/projects/edge/turn-edge";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const POST = handler(endpoints.turnEdgeOn, ({ ctx }) => turnEdgeOn(ctx));
