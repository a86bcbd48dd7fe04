import type { z } from "zod";
import { requirePerson } from "@/lib/access/authorize";
import { UnauthenticatedError } from "@/lib/access/errors";
import { parseInput, requireStorable } from "@/lib/access/parse-input";
import type { Endpoint } from "./api/endpoint";
import { clientAddress } from "./client-address";
import { answerOnce } from "./idempotency";
import { identify, type Identity } from "./identity";
import { problemResponse } from "./problem";
import { readJsonBody } from "./read-body";
import { reportError } from "./report-error";
import { requestAddress } from "./request-address";
import { requireAccess } from "./require-access";
import { handlers } from "./route-table";
import { requireSameOrigin } from "./same-origin";
import { contextFor, publicContext, type WebContext } from "./web-context";

/** What a handler is given: parsed input, and the context of the one who asks. */
export type Call<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> = {
  ctx: WebContext;
  params: z.output<Params>;
  query: z.output<Query>;
  body: z.output<Body>;
  request: Request;
};

type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> };
export type RouteHandler = (request: Request, context: RouteContext) => Promise<Response>;

/**
 * Makes a route handler that answers with JSON: finds out who asks, checks the endpoint's entry of the route table, parses, calls
 * the verb, and maps what it throws. The verb authorises by itself as well.
 */
export function handler<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType, Answer extends z.ZodType>(
  endpoint: Endpoint<Params, Query, Body, Answer>,
  run: (call: Call<Params, Query, Body>) => Promise<z.input<Answer>>,
): RouteHandler {
  return serve(endpoint, async (call, opened) =>
    answerOnce({ endpoint, identity: opened.identity, store: call.ctx.store, now: call.ctx.now(), newId: call.ctx.newId, request: call.request, bodyText: opened.bodyText }, async () => ({ status: endpoint.status, body: await run(call) })),
  );
}

/** Makes a route handler whose answer is not JSON: a stream, a download, a page. */
export function rawHandler<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
  endpoint: Endpoint<Params, Query, Body>,
  run: (call: Call<Params, Query, Body>) => Promise<Response>,
): RouteHandler {
  return serve(endpoint, (call) => run(call));
}

type Opened = { identity: Identity | null; bodyText: string };

function serve<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
  endpoint: Endpoint<Params, Query, Body>,
  run: (call: Call<Params, Query, Body>, opened: Opened) => Promise<Response>,
): RouteHandler {
  return async (request, context) => {
    try {
      // Next gives no params at all to a route without a part in brackets.
      const raw = (await context.params) ?? {};
      requireStorable(raw);
      const { ctx, identity } = await open(endpoint, request, raw);
      const params = parseInput(endpoint.params, raw);
      const query = parseInput(endpoint.query, Object.fromEntries(new URL(request.url).searchParams));
      const { body, text } = await readJsonBody(request, endpoint);
      return await run({ ctx, params, query, body, request }, { identity, bodyText: text });
    } catch (error) {
      return problemResponse(reportError(error, endpoint.name));
    }
  };
}

/** Who asks and whether they may, before anything of the input is looked at: a refusal says nothing of what would be valid. */
async function open(endpoint: Pick<Endpoint, "name">, request: Request, params: Record<string, string | string[] | undefined>): Promise<{ ctx: WebContext; identity: Identity | null }> {
  const access = handlers[endpoint.name];
  if (access === "public") return { ctx: await publicContext(clientAddress(request.headers)), identity: null };
  const identity = await identify(request.headers);
  if (identity === null) throw new UnauthenticatedError("Sign in, or send `Authorization: Bearer bh_…`.");
  const isReading = request.method === "GET";
  if (identity.claim.kind === "session" && !isReading) requireSameOrigin(request.headers, requestAddress(request.headers).url);
  const ctx = await contextFor(identity);
  if (access === "person") requirePerson(ctx.actor);
  else if (access !== "signed-in") await requireAccess(ctx, access, { ref: textOf(params.ref), operationId: isAboutOperation(endpoint.name) ? textOf(params.id) : undefined, isReading });
  return { ctx, identity };
}

function isAboutOperation(name: string): boolean {
  return name.includes("/operations/{id}");
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
