import { z } from "zod";
import { isAddress, parseNetwork } from "./addresses";
import { normalizePath } from "./normalize";
import { findRegexProblem } from "./regex";
import { httpMethods } from "./routes";

/** A field whose problem a function names in a sentence; undefined means that it is fine. */
function checked(findProblem: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const message = findProblem(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}

const maxPathLength = 1024;

/** What is wrong with a path of a route; undefined when requests can arrive at it. */
export function findPathProblem(path: string): string | undefined {
  if (!path.startsWith("/")) return "Path: start it with a slash, for example /hooks/.";
  if (path.length > maxPathLength) return `Path: it is longer than ${maxPathLength} characters. Use a shorter prefix.`;
  if (path.includes("?")) return "Path: leave out the ? and what follows; the query does not choose a route.";
  const normalized = normalizePath(path);
  if (!normalized.isAccepted) return `Path: no such request arrives. ${normalized.reason} ${wayToWrite(path)}`;
  if (normalized.path === "//") return "Path: write one slash for the start of every path.";
  if (normalized.path !== path) return `Path: requests arrive here as ${normalized.path}. Write it so.`;
  return undefined;
}

/** What to write in the place of a path that the gateway refuses. */
function wayToWrite(path: string): string {
  const slashed = path.replaceAll(/%(2f|5c)/gi, "/");
  if (slashed !== path) return withExample("Write a plain slash", slashed);
  if (path.includes("%00")) return "Leave it out.";
  return withExample("Write it escaped", /\p{Cs}/u.test(path) ? path : path.replaceAll(/[\x00-\x20#\x7f-\uffff]+/g, encodeURIComponent));
}

function withExample(advice: string, path: string): string {
  const written = normalizePath(path);
  return written.isAccepted ? `${advice}: ${written.path}` : `${advice}.`;
}

const headerName = /^[a-z0-9!#$%&'*+.^`|~-]+$/;

function findHeaderNameProblem(name: string): string | undefined {
  if (name.length > 100) return "Header name: it is longer than 100 characters.";
  if (name.includes("_")) return "Header name: the gateway refuses requests whose header names hold an underscore. Use a hyphen.";
  if (name !== name.toLowerCase()) return "Header name: write it in lower case, for example x-tenant.";
  if (!headerName.test(name)) return "Header name: use letters, digits and hyphens only, without blanks or line breaks, for example x-tenant.";
  return undefined;
}

/** Headers that frame a request or that the gateway itself vouches for: a route that writes them breaks or forges it. */
const ownedHeaders = new Set(["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "keep-alive", "proxy-connection", "expect", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto", "x-forwarded-prefix", "x-request-id", "forwarded"]);

function findWrittenNameProblem(name: string): string | undefined {
  if (ownedHeaders.has(name) || name.startsWith("x-envoy-") || name.startsWith("x-kong-")) return `Header name: ${name} is written by the gateway itself. Choose another name.`;
  return findHeaderNameProblem(name);
}

function findHeaderValueProblem(value: string): string | undefined {
  if (value.length > 2048) return "Header value: it is longer than 2048 characters.";
  if (!/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value)) return "Header value: use plain characters in one line, without a blank at either end.";
  return undefined;
}

const metadataNames = new Set(["metadata.google.internal", "metadata.goog", "instance-data.ec2.internal"]);

/** What is wrong with the origin of an external upstream, as far as its text tells; addresses are judged where they are used. */
export function findOriginProblem(origin: string): string | undefined {
  if (!URL.canParse(origin)) return "Upstream: write an address such as https://api.example.com.";
  const url = new URL(origin);
  if (url.protocol !== "https:") return "Upstream: only https:// goes out. Ask the service for its https address.";
  if (url.username !== "" || url.password !== "") return "Upstream: leave the user name out of the address. Set the authorization header instead.";
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") return "Upstream: leave out the path. Use the rewrite to choose one.";
  if (url.origin !== origin) return `Upstream: write it as ${url.origin}.`;
  const host = hostOfOrigin(origin);
  if (isAddress(host)) return undefined;
  if (host.endsWith(".")) return "Upstream: leave out the dot at the end.";
  if (!host.includes(".") || host.endsWith(".localhost")) return `Upstream: ${host} is a name inside this machine. Choose a service of the project instead, or a public address.`;
  if (metadataNames.has(host)) return `Upstream: ${host} hands out the credentials of this machine. It cannot be routed to.`;
  return undefined;
}

/** Host of an origin that `findOriginProblem` accepts, an IPv6 address without brackets. */
export function hostOfOrigin(origin: string): string {
  return new URL(origin).hostname.replace(/^\[|\]$/g, "");
}

function findCorsOriginProblem(origin: string): string | undefined {
  if (origin === "*") return undefined;
  if (!URL.canParse(origin) || !/^https?:$/.test(new URL(origin).protocol)) return "CORS origin: write an address such as https://app.example.com, or * for every page.";
  return new URL(origin).origin === origin ? undefined : `CORS origin: write it as ${new URL(origin).origin}.`;
}

export const pathField = checked(findPathProblem);
export const regexField = checked((source) => findRegexProblem(source));
export const headerNameField = checked(findHeaderNameProblem);
export const writtenHeaderNameField = checked(findWrittenNameProblem);
export const headerValueField = checked(findHeaderValueProblem);
export const originField = checked(findOriginProblem);
export const corsOriginField = checked(findCorsOriginProblem);
export const networkField = checked((text) => (parseNetwork(text) === undefined ? "IP address: write an address such as 203.0.113.7 or a network such as 203.0.113.0/24, without bits after its prefix." : undefined));
/** What was listed twice counts once, so that no comparison tells a change that is none. */
export const eachOnce = <Entry>(entries: Entry[]): Entry[] => [...new Set(entries)];
export const methodsField = z.array(z.enum(httpMethods, "Method: choose GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.")).overwrite(eachOnce);
/** A number of whole units between two limits, with a message that names the field. */
export function wholeNumber(field: string, unit: string, min: number, max: number) {
  const message = `${field}: a whole number of ${unit} between ${min} and ${max}.`;
  return z.number(message).int(message).min(min, message).max(max, message);
}
