import { z } from "zod";
import type { Endpoint } from "./endpoint";

const nothing = z.object({});
const defaultMaxBodyBytes = 256 * 1024;

type Optional = "params" | "query" | "body" | "status" | "answer" | "repetition" | "maxBodyBytes";

/** An endpoint with what most of them leave out: no parameters, no body, 200, no secret. */
export function define<Params extends z.ZodObject = typeof nothing, Query extends z.ZodObject = typeof nothing, Body extends z.ZodType = z.ZodUndefined, Answer extends z.ZodType = z.ZodType>(
  endpoint: Omit<Endpoint, Optional> & { params?: Params; query?: Query; body?: Body; status?: Endpoint["status"]; answer?: Answer; repetition?: Endpoint["repetition"]; maxBodyBytes?: number },
): Endpoint<Params, Query, Body, Answer> {
  return {
    ...endpoint,
    // Left out means the empty object, which is what the type parameter then is.
    params: endpoint.params ?? (nothing as unknown as Params),
    query: endpoint.query ?? (nothing as unknown as Query),
    body: endpoint.body ?? null,
    status: endpoint.status ?? 200,
    answer: endpoint.answer ?? null,
    repetition: endpoint.repetition ?? "replay",
    maxBodyBytes: endpoint.maxBodyBytes ?? defaultMaxBodyBytes,
  };
}

export const refParams = z.object({ ref: z.string().min(1).max(40).meta({ description: "The project's reference." }) });
export const operationParams = z.object({ id: z.string().min(1).max(64).meta({ description: "The operation's id." }) });
export const idParams = z.object({ id: z.string().min(1).max(64) });

/** `limit` and `cursor` of a list. The cursor of the next page is in the answer. */
export function pageQuery(maxLimit: number) {
  return z.object({
    limit: z.coerce.number().int().min(1).max(maxLimit).optional().meta({ description: `How many at most; up to ${maxLimit}.` }),
    cursor: z.string().max(200).optional().meta({ description: "`nextCursor` of the page before." }),
  });
}

/** Exactly `true` or `false` in a query string. */
export const queryFlag = z.enum(["true", "false"], { error: "Use true or false." }).transform((text) => text === "true");
