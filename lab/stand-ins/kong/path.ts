import { toBytes, toText } from "./query";

/** Characters whose escapes stay. Source: RFC 3986 as read by Kong's `kong/tools/uri.lua`. */
const reserved = new Set("!*'();:@&=+$,/?%#[]");

/** A request's path, its bytes as latin1, as Kong compares it: escapes undone except of reserved characters, dots resolved, slashes merged. undefined when that is no UTF-8. */
export function normalizeKongPath(raw: string): string | undefined {
  const decoded = raw.replace(/%([0-9a-f]{2})/gi, (escaped: string, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return reserved.has(character) ? escaped.toUpperCase() : character;
  });
  return toText(resolve(decoded));
}

/** Dots and doubled slashes in one pass: `/a//../b` is `/b`. */
function resolve(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === "..") kept.pop();
    if (segment === "." || segment === "..") {
      if (isLast) kept.push("");
    } else if (segment !== "" || isLast) kept.push(segment);
  });
  return `/${kept.join("/")}`;
}

/** The path as it goes to an upstream. */
export function escapePath(path: string): string {
  return toBytes(path).replace(/[^!#$&'()*+,/:;=?@[\]A-Za-z\d\-_.~%]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`);
}

/** Kong's `path_handling` v0: how a service's path, the stripped prefix and the request's path make the upstream's path. */
export function upstreamPath(servicePath: string, requestPath: string, stripped: string | undefined): string {
  const base = servicePath === "" ? "/" : servicePath;
  if (stripped === undefined) {
    if (base.endsWith("/")) return base + requestPath.slice(1);
    return requestPath === "/" ? base : base + requestPath;
  }
  const rest = requestPath.slice(stripped.length);
  if (rest === "") return withoutRest(base, requestPath);
  if (base.endsWith("/")) return rest.startsWith("/") ? base.slice(0, -1) + rest : base + rest;
  return rest.startsWith("/") ? base + rest : `${base}/${rest}`;
}

function withoutRest(base: string, requestPath: string): string {
  if (base === "/") return base;
  const hasSlash = requestPath.length > 1 && requestPath.endsWith("/");
  if (base.endsWith("/")) return hasSlash ? base : base.slice(0, -1);
  return hasSlash ? `${base}/` : base;
}
