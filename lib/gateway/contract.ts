import { toBase64, utf8 } from "@/lib/stack/encoding";
import type { ServiceName } from "@/lib/stack/desired";
import type { NameTrust } from "./name-probe";
import type { HttpMethod } from "./routes";
import type { ProjectSecrets } from "@/lib/stack/settings";

/** Which key a request of the contract carries. `bogus` has the form of an opaque key that nobody was given. */
export type ContractCredential = "none" | "bogus" | "anon" | "publishable" | "secret" | "service" | "dashboard";

export type ContractRequest = {
  /** Stable: results of two runs are compared by it. */
  id: string;
  /** In the operator's words. */
  title: string;
  method: HttpMethod;
  path: string;
  credential: ContractCredential;
  headers: Record<string, string>;
  body?: string;
  isWebSocket: boolean;
  expected: { statuses: number[]; bodyIncludes?: string };
};

export type ContractCredentials = Pick<ProjectSecrets, "anonKey" | "serviceRoleKey" | "publishableKey" | "secretKey" | "dashboardUsername" | "dashboardPassword">;

export type ContractAnswer = {
  /** null when no answer came. 101 for an accepted WebSocket upgrade. */
  status: number | null;
  /** Start of the body, a few hundred characters at most. */
  bodySnippet: string;
  durationMs: number;
  /** Why no answer came, in a few words without addresses or keys. */
  error?: string;
};

/** Where the connection is made to, whatever DNS says of the name in the URL, and whose word is taken for its certificate. */
export type ContractRoute = { host: string; trust: NameTrust };

/** Sends one request of the contract from outside and never throws for an answer that did not come. Redirects are not followed. */
export interface ContractProbe {
  send(baseUrl: string, request: ContractRequest, credentials: ContractCredentials, signal: AbortSignal, route?: ContractRoute): Promise<ContractAnswer>;
}

export type ContractResult = {
  id: string;
  title: string;
  method: string;
  path: string;
  credential: ContractCredential;
  expected: string;
  received: string;
  isPassed: boolean;
  durationMs: number;
};

export type ContractOptions = { enabledServices: readonly ServiceName[]; /** Name of the release, for example `v0.8.2`. */ release: string; /** Envoy unless told. */ gateway?: GatewayKind };

/** The program that serves as a project's gateway. */
export type GatewayKind = "envoy" | "kong";

const bogusKey = "sb_publishable_AAAAAAAAAAAAAAAAAAAAAA_AAAAAAAA";
const unknownTable = "basehold_contract_no_such_table";

type Expectation = ContractRequest["expected"];
type Extra = Partial<Pick<ContractRequest, "method" | "headers" | "body" | "isWebSocket">>;

function ask(id: string, title: string, path: string, credential: ContractCredential, expected: number | number[] | Expectation, extra: Extra = {}): ContractRequest {
  const expectation = typeof expected === "number" ? { statuses: [expected] } : Array.isArray(expected) ? { statuses: expected } : expected;
  return { id, title, method: "GET", path, credential, headers: {}, isWebSocket: false, ...extra, expected: expectation };
}

const unauthorized: Expectation = { statuses: [401], bodyIncludes: "Unauthorized" };

const authRequests: ContractRequest[] = [
  ask("auth-health-none", "Auth without a key is refused", "/auth/v1/health", "none", unauthorized),
  ask("auth-settings-bogus", "Auth with an unknown key is refused", "/auth/v1/settings", "bogus", unauthorized),
  ask("auth-health-publishable", "Auth is healthy", "/auth/v1/health", "publishable", 200),
  ask("auth-settings-anon", "Auth settings with the legacy anon key", "/auth/v1/settings", "anon", 200),
  ask("auth-settings-publishable", "Auth settings with the publishable key", "/auth/v1/settings", "publishable", 200),
  ask("auth-settings-secret", "Auth settings with the secret key", "/auth/v1/settings", "secret", 200),
  ask("auth-admin-publishable", "Auth administration with the publishable key is refused", "/auth/v1/admin/users?per_page=1", "publishable", [401, 403]),
  ask("auth-admin-secret", "Auth administration with the secret key", "/auth/v1/admin/users?per_page=1", "secret", 200),
  ask("auth-jwks", "Verification keys are public", "/auth/v1/.well-known/jwks.json", "none", { statuses: [200], bodyIncludes: '"keys"' }),
];

const restRequests: ContractRequest[] = [
  ask("rest-root-none", "REST without a key is refused", "/rest/v1/", "none", unauthorized),
  ask("rest-root-bogus", "REST with an unknown key is refused", "/rest/v1/", "bogus", unauthorized),
  ask("rest-root-anon", "The REST description is closed to the anon key", "/rest/v1/", "anon", 403),
  ask("rest-root-publishable", "The REST description is closed to the publishable key", "/rest/v1/", "publishable", 403),
  ask("rest-root-secret", "The REST description with the secret key", "/rest/v1/", "secret", 200),
  ask("rest-root-service", "The REST description with the legacy service key", "/rest/v1/", "service", 200),
  // An unknown table answers 404 only to a token that PostgREST verified.
  ask("rest-table-anon", "REST takes the legacy anon key", `/rest/v1/${unknownTable}`, "anon", 404),
  ask("rest-table-publishable", "REST takes the publishable key", `/rest/v1/${unknownTable}`, "publishable", 404),
  ask("rest-table-secret", "REST takes the secret key", `/rest/v1/${unknownTable}`, "secret", 404),
  ask("graphql-none", "GraphQL without a key is refused", "/graphql/v1", "none", unauthorized, graphqlQuery()),
  // pg_graphql is off on fresh stacks: 200 with an error, or 404 where the function is not there at all.
  ask("graphql-publishable", "GraphQL is reached with the publishable key", "/graphql/v1", "publishable", [200, 404], graphqlQuery()),
];

function graphqlQuery(): Extra {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query: "{ __typename }" }) };
}

const socketPath = "/realtime/v1/websocket?vsn=1.0.0";

const realtimeDenied: ContractRequest[] = [
  ask("realtime-tenants-service", "Realtime tenants are closed", "/realtime/v1/api/tenants", "service", 403),
  ask("realtime-openapi-service", "The Realtime description is closed", "/realtime/v1/api/openapi", "service", 403),
];

const realtimeRequests: ContractRequest[] = [
  ask("realtime-ping-none", "Realtime without a key is refused", "/realtime/v1/api/ping", "none", unauthorized),
  ask("realtime-ping-publishable", "Realtime answers", "/realtime/v1/api/ping", "publishable", 200),
  ask("realtime-socket-none", "A WebSocket without a key is refused", socketPath, "none", 401, { isWebSocket: true }),
  ask("realtime-socket-anon", "A WebSocket opens with the legacy anon key", socketPath, "anon", 101, { isWebSocket: true }),
  ask("realtime-socket-publishable", "A WebSocket opens with the publishable key", socketPath, "publishable", 101, { isWebSocket: true }),
];

const storageRequests: ContractRequest[] = [
  ask("storage-bucket-none", "Storage without a key is refused", "/storage/v1/bucket", "none", 400),
  ask("storage-bucket-publishable", "Storage takes the publishable key", "/storage/v1/bucket", "publishable", 200),
  ask("storage-bucket-secret", "Storage takes the secret key", "/storage/v1/bucket", "secret", 200),
  ask("storage-bucket-service", "Storage takes the legacy service key", "/storage/v1/bucket", "service", 200),
];

const metaRequests: ContractRequest[] = [
  ask("pg-none", "Database administration without a key is refused", "/pg/schemas", "none", unauthorized),
  ask("pg-publishable", "Database administration is closed to the publishable key", "/pg/schemas", "publishable", 403),
  ask("pg-service", "Database administration with the legacy service key", "/pg/schemas", "service", 200),
  ask("pg-secret", "Database administration with the secret key", "/pg/schemas", "secret", 200),
];

const deniedRequests: ContractRequest[] = [
  ask("mcp-api", "The MCP endpoint of Studio is closed", "/api/mcp", "none", 403),
  ask("mcp", "The MCP endpoint is closed", "/mcp", "none", 403),
];

const studioRequests: ContractRequest[] = [
  ask("studio-none", "Studio asks for a password", "/", "none", 401),
  ask("studio-wrong", "Studio refuses a wrong password", "/", "none", 401, { headers: { authorization: `Basic ${toBase64(utf8("supabase:wrong"))}` } }),
  ask("studio-key", "An API key does not open Studio", "/", "service", 401),
  ask("studio-dashboard", "Studio opens with the dashboard's password", "/", "dashboard", [200, 307]),
];

const functionRequests: ContractRequest[] = [ask("functions-hello", "The function hello answers", "/functions/v1/hello", "none", { statuses: [200], bodyIncludes: "Hello" })];

function absent(service: ServiceName, path: string, credential: ContractCredential): ContractRequest {
  return ask(`${service}-absent`, `The project runs without ${service}, and says so`, path, credential, { statuses: [503], bodyIncludes: `without ${service}` });
}

/** Kong says in words of its own why it refuses a key, with the same status. */
function inKongsWords(request: ContractRequest): ContractRequest {
  return request.expected === unauthorized ? { ...request, expected: { statuses: [401] } } : request;
}

/** The requests that a project's gateway must answer, and how, for its services. */
export function contractRequests({ enabledServices, gateway = "envoy" }: ContractOptions): ContractRequest[] {
  const requests = requestsOf(enabledServices);
  return gateway === "kong" ? requests.map(inKongsWords) : requests;
}

function requestsOf(enabledServices: readonly ServiceName[]): ContractRequest[] {
  const group = (service: ServiceName, requests: ContractRequest[], path: string, credential: ContractCredential) =>
    enabledServices.includes(service) ? requests : [absent(service, path, credential)];
  return [
    ...group("auth", authRequests, "/auth/v1/health", "publishable"),
    ...group("rest", restRequests, `/rest/v1/${unknownTable}`, "publishable"),
    ...realtimeDenied,
    ...group("realtime", realtimeRequests, "/realtime/v1/api/ping", "publishable"),
    ...group("storage", storageRequests, "/storage/v1/bucket", "service"),
    ...group("meta", metaRequests, "/pg/schemas", "service"),
    ...group("functions", functionRequests, "/functions/v1/hello", "none"),
    ...deniedRequests,
    ...group("studio", studioRequests, "/", "none"),
  ];
}

/** Program that the panel's own requests name, so that a gateway's log tells them from everybody else's. */
export const checkUserAgent = "basehold-check";

export type PreparedRequest = { method: string; path: string; headers: Record<string, string>; body?: string; isWebSocket: boolean };

/** The request as it goes over the wire, with its credential in place. A socket carries its key in the query, as browsers must. */
export function prepareRequest(request: ContractRequest, credentials: ContractCredentials): PreparedRequest {
  const { method, path, headers, body, isWebSocket } = request;
  const own = { "user-agent": checkUserAgent, ...headers };
  const prepared = { method, path, headers: own, isWebSocket, ...(body === undefined ? {} : { body }) };
  if (request.credential === "none") return prepared;
  if (request.credential === "dashboard") {
    const pair = `${credentials.dashboardUsername.reveal()}:${credentials.dashboardPassword.reveal()}`;
    return { ...prepared, headers: { ...own, authorization: `Basic ${toBase64(utf8(pair))}` } };
  }
  const key = keyOf(request.credential, credentials);
  if (isWebSocket) return { ...prepared, path: `${path}${path.includes("?") ? "&" : "?"}apikey=${key}` };
  return { ...prepared, headers: { ...own, apikey: key } };
}

function keyOf(credential: Exclude<ContractCredential, "none" | "dashboard">, credentials: ContractCredentials): string {
  if (credential === "bogus") return bogusKey;
  const secrets = { anon: credentials.anonKey, publishable: credentials.publishableKey, secret: credentials.secretKey, service: credentials.serviceRoleKey };
  return secrets[credential].reveal();
}

/** Compares answers with what the contract asks for. */
export function judgeContract(answers: readonly { request: ContractRequest; answer: ContractAnswer }[]): ContractResult[] {
  return answers.map(({ request, answer }) => {
    const { id, title, method, path, credential, expected } = request;
    const hasStatus = answer.status !== null && expected.statuses.includes(answer.status);
    const hasBody = expected.bodyIncludes === undefined || answer.bodySnippet.includes(expected.bodyIncludes);
    return {
      id, title, method, path, credential,
      expected: describeExpected(expected),
      received: describeAnswer(answer, hasStatus && !hasBody ? expected.bodyIncludes : undefined),
      isPassed: hasStatus && hasBody,
      durationMs: answer.durationMs,
    };
  });
}

/** More statuses than a person reads one by one are those that are not among them. */
const statusesRead = 10;

function describeExpected({ statuses, bodyIncludes }: Expectation): string {
  const others = Array.from({ length: 500 }, (_, index) => index + 100).filter((status) => !statuses.includes(status));
  const words = statuses.length <= statusesRead ? statuses.join(" or ") : `anything but ${others.join(", ")}`;
  return `${words}${bodyIncludes === undefined ? "" : ` with ${bodyIncludes}`}`;
}

/** The body itself is never repeated: an answer may hold what no page should show. */
function describeAnswer(answer: ContractAnswer, missingText: string | undefined): string {
  if (answer.status === null) return answer.error ?? "no answer";
  return missingText === undefined ? String(answer.status) : `${answer.status} without ${missingText}`;
}
