import { editEdge } from "@/lib/projects/edge/edit-edge";
import { getEdge } from "@/lib/projects/edge/get-edge";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";
import { webConfig } from "@/lib/server/web-config";

export const GET = handler(endpoints.getEdge, ({ ctx }) => getEdge(ctx));
export const PATCH = handler(endpoints.editEdge, ({ ctx, body }) => editEdge(ctx, body, { panelPort: webConfig().port }));
