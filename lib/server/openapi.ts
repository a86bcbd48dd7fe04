import { OpenApiGeneratorV31, OpenAPIRegistry, type RouteConfig } from "@asteasolutions/zod-to-openapi";
import { permissions } from "@/lib/access/permissions";
import { tags, type Endpoint } from "./api/endpoint";
import { problemSchema } from "./api/schemas";
import { endpoints } from "./api-endpoints";
import { handlers, type HandlerName } from "./route-table";

/** A document as OpenAPI 3.1 has it, as far as the readable page looks into it. */
export type OpenApiDocument = ReturnType<OpenApiGeneratorV31["generateDocument"]>;

const statusTexts: Record<number, string> = { 200: "Done", 201: "Made", 202: "Written down; the worker does the rest" };

/** Describes every endpoint from the very schemas that its handler parses with. */
export function buildOpenApi(panelUrl: string): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer", bearerFormat: "bh_…", description: "An API token, made under Account." });
  registry.registerComponent("securitySchemes", "session", { type: "apiKey", in: "cookie", name: "basehold.session", description: "The cookie of a signed-in person. Requests that are not GET must come from a page of the panel." });
  const all: Endpoint[] = Object.values(endpoints);
  for (const endpoint of all) registry.registerPath(toRoute(endpoint));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Basehold REST API", version: "1",
      description: "What the pages do, for programs; what only owners may do, and making tokens, stays with people. Errors are problem+json. A POST with an `Idempotency-Key` can be repeated safely for a day. Lists go on with `nextCursor`.",
    },
    servers: [{ url: panelUrl }],
    tags: tags.map((name) => ({ name })),
    security: [{ token: [] }, { session: [] }],
  });
}

function toRoute(endpoint: Endpoint): RouteConfig {
  const { method, path } = splitName(endpoint.name);
  const isPublic = handlers[endpoint.name] === "public";
  const parameters = endpoint.params.shape;
  return {
    method, path, summary: endpoint.summary, tags: [endpoint.tag], operationId: toOperationId(endpoint),
    description: [endpoint.description, sayAccess(endpoint.name)].filter((text) => text !== undefined).join("\n\n"),
    ...(isPublic ? { security: [] } : {}),
    request: {
      ...(Object.keys(parameters).length === 0 ? {} : { params: endpoint.params }),
      query: endpoint.query,
      ...(endpoint.body === null ? {} : { body: { required: true, content: { "application/json": { schema: endpoint.body } } } }),
    },
    ...(method === "post" && endpoint.repetition !== "none" ? { parameters: [{ name: "Idempotency-Key", in: "header", required: false, schema: { type: "string", maxLength: 200 } }] } : {}),
    responses: {
      [endpoint.status]: { description: endpoint.media?.description ?? statusTexts[endpoint.status] ?? "Done", content: endpoint.answer === null ? { [endpoint.media?.type ?? "text/plain"]: { schema: endpoint.media?.schema ?? { type: "string" } } } : { "application/json": { schema: endpoint.answer } } },
      default: { description: "What stood in the way", content: { "application/problem+json": { schema: problemSchema } } },
    },
  };
}

const methods = { GET: "get", POST: "post", PUT: "put", PATCH: "patch", DELETE: "delete" } as const;

function splitName(name: string): { method: (typeof methods)[keyof typeof methods]; path: string } {
  const [verb = "", path = ""] = name.split(" ");
  return { method: methods[verb as keyof typeof methods], path };
}

function toOperationId(endpoint: Endpoint): string {
  return Object.entries(endpoints).find(([, other]) => other.name === endpoint.name)?.[0] ?? endpoint.name;
}

/** What it takes, in words, from the route table and the table of roles. */
export function sayAccess(name: HandlerName): string {
  const access = handlers[name];
  if (access === "public") return "Open to everyone.";
  if (access === "signed-in") return "For anyone who is signed in or shows a token; the answer holds what they may see.";
  if (access === "person") return "For signed-in people; a token is refused.";
  const rule = permissions[access];
  const role = `Needs the role ${rule.lowest} or higher${rule.over === "project" ? " on the project" : " on the installation"} (\`${access}\`).`;
  const password = rule.needsPassword ? " A person must have confirmed the password within the last 10 minutes." : "";
  const token = rule.tokenScope === null ? "" : rule.tokenScope === "never" ? " Tokens are refused." : ` A token needs the scope \`${rule.tokenScope}\`.`;
  return `${role}${password}${token}`;
}
