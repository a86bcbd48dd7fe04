import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const GET = handler(endpoints.isLive, () => Promise.resolve({ status: "ok" as const, problem: null }));
