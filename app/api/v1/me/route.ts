import { getMe } from "@/lib/access/get-me";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.getMe, ({ ctx }) => getMe(ctx));
