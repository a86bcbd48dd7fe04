import type { Place } from "./import-kong-document";
import { notCarried, type NotCarried } from "./import-kong-plugins";
import type { OwnRoute } from "./route-model";
import { httpMethods, upstreamAddresses, type HttpMethod, type UpstreamService } from "./routes";

type OwnPath = OwnRoute["match"]["path"];

/** One path of a Kong route with what becomes of it; a Kong route with several paths is several routes here. */
export type ReadMatch = { path: OwnPath; methods: HttpMethod[]; headers: OwnRoute["match"]["headers"]; rewrite: string | null };
export type ReadTarget = { upstream: OwnRoute["upstream"]; /** Path of the service in front of the request's; null where no request gets that far. */ basePath: string | null };
export type Read<Value> = { value: Value } | { blockedBy: NotCarried };

const blocked = (place: Place, what: string, why: string): { blockedBy: NotCarried } => ({ blockedBy: notCarried(place, what, why) });

/** Names under which a service of the project is known on its network. */
const otherNames: Record<string, UpstreamService> = { realtime: "realtime", "supabase-auth": "auth", "supabase-rest": "rest", "supabase-storage": "storage", "supabase-edge-functions": "functions", "supabase-meta": "meta", "supabase-studio": "studio", gotrue: "auth", postgrest: "rest" };

function serviceAt(host: string, port: number): UpstreamService | undefined {
  const known = (Object.keys(upstreamAddresses) as UpstreamService[]).find((name) => upstreamAddresses[name].host === host) ?? (Object.hasOwn(otherNames, host) ? otherNames[host] : undefined);
  return known !== undefined && upstreamAddresses[known].port === port ? known : undefined;
}

/** Where a Kong service sends requests. */
export function readTarget(service: Place): Read<ReadTarget> {
  const url = service.field("url").text;
  if (url !== undefined && !URL.canParse(url)) return blocked(service.field("url"), "The service's url", "It is no address.");
  const parsed = url === undefined ? undefined : new URL(url);
  const protocol = (parsed?.protocol.replace(":", "") ?? service.field("protocol").text ?? "http").replace(/^ws/, "http");
  const host = parsed?.hostname ?? service.field("host").text ?? "";
  const port = Number((parsed === undefined ? service.field("port").number : parsed.port) || (protocol === "https" ? 443 : 80));
  const basePath = parsed?.pathname ?? service.field("path").text ?? "/";
  const known = serviceAt(host, port);
  if (known !== undefined && protocol === "http") return { value: { upstream: { kind: "service", service: known }, basePath } };
  if (protocol !== "https") return blocked(service, "The service's address", "It is no service of the project, and outside of it only https:// is routed to.");
  if (parsed !== undefined && (parsed.username !== "" || parsed.password !== "")) return blocked(service, "The service's address", "It holds a user name or password, and those are never carried over.");
  const origin = `https://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}${port === 443 ? "" : `:${String(port)}`}`;
  return { value: { upstream: { kind: "external", origin, forwardsCredentials: false }, basePath } };
}

/** Fields of a Kong route that narrow it down and that the model does not have: without them it would take more than before. */
const narrowing = ["hosts", "snis", "sources", "destinations"];

/** What a Kong route takes, and what becomes of its path behind the service's. `isPlain`: format 3.0, where regular expressions begin with a tilde. */
export function readMatches(route: Place, servicePath: ReadTarget["basePath"], isPlain: boolean): Read<ReadMatch[]> {
  for (const name of narrowing) if (route.field(name).items().length > 0) return blocked(route.field(name), `The route's ${name}`, name === "hosts" ? "Domains belong to the whole project here. Without the hosts the route would take more than before." : "The model has nothing for it, and without it the route would take more than before.");
  const misshapen = [...narrowing, "paths", "methods"].map((name) => route.field(name)).find((field) => field.isThere && !field.isList) ?? route.field("paths").items().find(({ text }) => text === undefined);
  if (misshapen !== undefined) return blocked(misshapen, "What the route takes", "A list of texts is expected here. Read otherwise, the route would take more than before.");
  const methods = readMethods(route.field("methods"));
  if (methods === undefined) return blocked(route.field("methods"), "The route's methods", `The model knows ${httpMethods.join(", ")}.`);
  const headers = readHeaders(route.field("headers"));
  if (headers === undefined) return blocked(route.field("headers"), "The route's headers", "The model matches a header by one value or one expression.");
  const expression = route.field("expression");
  const stripsPath = servicePath !== null && (route.field("strip_path").flag ?? true);
  const basePath = servicePath ?? "/";
  if (expression.isThere) {
    const read = readExpression(expression.text ?? "");
    if (read === undefined) return blocked(expression, "The route's expression", 'The importer reads http.path with == or ^=, and http.method with ==, joined by &&.');
    return { value: rewritten({ kind: read.kind, value: read.path }, stripsPath, basePath).map((each) => ({ ...each, methods: read.methods, headers })) };
  }
  const paths = route.field("paths").items();
  const matches: ReadMatch[] = [];
  for (const place of paths.length === 0 ? [undefined] : paths) {
    const read = readPath(place?.text ?? "/", isPlain, stripsPath, basePath);
    if (read === undefined) return blocked(place ?? route, "A path that is a regular expression", "Kong takes off the matched part of the path; here an expression stands for the whole of it. Use a prefix, or strip_path: false.");
    matches.push(...read.map((each) => ({ ...each, methods, headers })));
  }
  return { value: matches };
}

/** The paths of a route alone, as far as they can be said, for closing them. */
export function readPaths(route: Place, isPlain: boolean): OwnPath[] {
  const expression = route.field("expression").text;
  if (expression !== undefined) {
    const read = readExpression(expression);
    return read === undefined ? [] : [{ kind: read.kind, value: read.path }];
  }
  return route.field("paths").texts.flatMap((path) => readPath(path, isPlain, false, "/") ?? []).map(({ path }) => path);
}

function readMethods(methods: Place): HttpMethod[] | undefined {
  const known = methods.texts.filter((method): method is HttpMethod => httpMethods.some((each) => each === method));
  return known.length === methods.items().length ? known : undefined;
}

const escapeRegex = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

function readHeaders(headers: Place): ReadMatch["headers"] | undefined {
  if (headers.isThere && !headers.isMap) return undefined;
  const read = headers.keys().map((name): ReadMatch["headers"][number] | undefined => {
    const values = headers.field(name).texts;
    const [first] = values;
    if (first === undefined || values.length !== headers.field(name).items().length) return undefined;
    if (values.length === 1 && !first.startsWith("~*")) return { name: name.toLowerCase(), kind: "exact", value: first };
    // Kong compares values without regard to case only where it says so, as an expression.
    return { name: name.toLowerCase(), kind: "regex", value: values.length === 1 ? `(?i:.*(?:${first.slice(2)}).*)` : values.map(escapeRegex).join("|") };
  });
  return read.includes(undefined) ? undefined : read.filter((header) => header !== undefined);
}

function readExpression(source: string): { kind: "exact" | "prefix"; path: string; methods: HttpMethod[] } | undefined {
  let path: { kind: "exact" | "prefix"; path: string } | undefined;
  const methods: HttpMethod[] = [];
  for (const part of source.split("&&").map((text) => text.trim().replace(/^\(\s*(.*?)\s*\)$/, "$1"))) {
    const [, field, operator, value = ""] = /^http\.(path|method)\s*(==|\^=)\s*"([^"\\]*)"$/.exec(part) ?? [];
    const method = httpMethods.find((known) => known === value);
    if (field === "path" && path === undefined) path = { kind: operator === "==" ? "exact" : "prefix", path: value };
    else if (field === "method" && operator === "==" && method !== undefined) methods.push(method);
    else return undefined;
  }
  return path === undefined || methods.length > 1 ? undefined : { ...path, methods };
}

type WithoutConditions = Pick<ReadMatch, "path" | "rewrite">;

function readPath(path: string, isPlain: boolean, stripsPath: boolean, basePath: string): WithoutConditions[] | undefined {
  const isRegex = path.startsWith("~") || (!isPlain && !/^[a-zA-Z0-9._~/%-]*$/.test(path));
  if (!isRegex) return rewritten({ kind: "prefix", value: path }, stripsPath, basePath);
  const source = path.replace(/^~/, "").replace(/^\^/, "");
  const isWhole = source.endsWith("$") && !source.endsWith("\\$");
  const value = isWhole ? source.slice(0, -1) : `(?:${source}).*`;
  if (!stripsPath) return basePath === "/" ? [{ path: { kind: "regex", value }, rewrite: null }] : undefined;
  return isWhole ? [{ path: { kind: "regex", value }, rewrite: basePath }] : undefined;
}

/** Kong's joining of paths in the model's words: prefix and rewrite both end with a slash, or neither does. */
function rewritten(path: { kind: "exact" | "prefix"; value: string }, stripsPath: boolean, basePath: string): WithoutConditions[] {
  const joined = stripsPath ? basePath : `${basePath.replace(/\/$/, "")}${path.value}`;
  const isUnchanged = joined === path.value;
  if (path.kind === "exact") return [{ path, rewrite: isUnchanged ? null : joined }];
  if (isUnchanged) return [{ path, rewrite: null }];
  const [hasSlash, endsWithSlash] = [path.value.endsWith("/"), joined.endsWith("/")];
  if (hasSlash === endsWithSlash) return [{ path, rewrite: joined }];
  if (hasSlash) return [{ path, rewrite: `${joined}/` }];
  // `/hooks` to `/`: the prefix with its slash, and itself. What continues without a slash (`/hooksx`) is no longer taken.
  return [{ path: { kind: "prefix", value: `${path.value}/` }, rewrite: joined }, { path: { kind: "exact", value: path.value }, rewrite: joined }];
}
