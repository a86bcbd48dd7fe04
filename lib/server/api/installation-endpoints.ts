import { z } from "zod";
import { define } from "./define";
import { allDoorsSchema } from "./schemas";

const health = z.object({ status: z.enum(["ok", "unavailable"]), problem: z.string().nullable() }).meta({ id: "Health" });

export const installationEndpoints = {
  isLive: define({ name: "GET /api/health/live", tag: "Installation", summary: "Whether web answers at all", answer: health }),
  isReady: define({ name: "GET /api/health/ready", tag: "Installation", summary: "Whether web reaches the store and the worker is alive", description: "503 with the same body when it is not.", answer: health }),
  getAllDoors: define({ name: "GET /api/v1/doors", tag: "Installation", summary: "Every address on which something of any project listens", answer: allDoorsSchema }),
  openApi: define({ name: "GET /api/v1/openapi.json", tag: "Installation", summary: "This description", media: { type: "application/json", description: "OpenAPI 3.1." } }),
  readDocs: define({ name: "GET /api/v1/docs", tag: "Installation", summary: "This description for reading", media: { type: "text/html", description: "One page without scripts." } }),
};
