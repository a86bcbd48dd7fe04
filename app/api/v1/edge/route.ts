import { editEdge } from "@/lib/projects/edge/edit-edge";
import { getEdge } from "@/lib/projects/edge/get-edge";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.getEdge, ({ ctx }) => getEdge(ctx));
export const PATCH = handler(endpoints.editEdge, ({ ctx, body }) => editEdge(ctx, body));
