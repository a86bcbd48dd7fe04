import { replaceCertificate } from "@/lib/projects/domains/change-domain";
import { endpoints } from "@/lib/server/api-endpoints";
import { handler } from "@/lib/server/handler";

export const PUT = handler(endpoints.replaceCertificate, ({ ctx, params, body }) => replaceCertificate(ctx, { ...body, ...params }));
