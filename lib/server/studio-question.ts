import { ticketParameter } from "@/lib/projects/studio/studio-session";
import { edgeProject } from "./client-address";
import { parseCookies } from "./session-cookie";

/** Query parameter by which a browser asks to be asked for the user name and password of a user of Studio. */
export const signInParameter = "basehold-sign-in";

/** What the edge asks before it lets a request through to Studio. */
export type StudioQuestion = {
  projectId: string;
  method: string;
  /** Path and query as the browser sent them, without what was meant for the panel; always one slash at the start, so that it stays on its host. */
  target: string;
  isHttps: boolean;
  /** Ticket of the link, where a browser followed one. */
  ticket: string | null;
  /** What the cookie of this project's Studio holds. */
  session: string | null;
  /** A person's browser goes to a page, so a page is what it should get. */
  isNavigation: boolean;
  wantsSignIn: boolean;
  /** A page of another site sent it: a browser adds the cookie by itself, so it must not count. */
  isForeign: boolean;
};

/** One cookie per project: cookies ignore ports. Gateways and the edge strip its prefix in both directions, so no project sees or sets it. */
export function studioCookieName(projectId: string, isHttps: boolean): string {
  return `${isHttps ? "__Host-" : ""}basehold.studio.${projectId}`;
}

type Sent = Pick<Headers, "get">;

/** The edge's question; null for a request that does not come from the edge, or is none. */
export function readStudioQuestion(headers: Sent): StudioQuestion | null {
  const projectId = edgeProject(headers);
  const uri = headers.get("x-forwarded-uri");
  if (projectId === null || uri === null) return null;
  const method = headers.get("x-forwarded-method") ?? "GET";
  const isHttps = headers.get("x-forwarded-proto") === "https";
  const isReading = method === "GET" || method === "HEAD";
  const query = new URLSearchParams(/\?.*/.exec(uri)?.[0] ?? "");
  return {
    projectId, method, isHttps,
    ticket: method === "GET" ? query.get(ticketParameter) : null,
    wantsSignIn: query.has(signInParameter),
    target: withoutTicket(uri),
    session: parseCookies(headers.get("cookie") ?? "")[studioCookieName(projectId, isHttps)] ?? null,
    isNavigation: isReading && isForPage(headers),
    isForeign: isForeign(headers, isReading),
  };
}

/** Taken out of the text: parsing and writing a query anew would change how the rest of it is escaped. */
function withoutTicket(uri: string): string {
  const [path = "", ...rest] = uri.split("?");
  const kept = rest.join("?").split("&").filter((part) => part !== "" && part !== ticketParameter && !part.startsWith(`${ticketParameter}=`));
  const target = `/${path.replace(/^[/\\]+/, "")}${kept.length === 0 ? "" : `?${kept.join("&")}`}`;
  return /^[\x21-\x7e]*$/.test(target) ? target : "/";
}

function isForPage(headers: Sent): boolean {
  const mode = headers.get("sec-fetch-mode");
  return mode === null ? (headers.get("accept") ?? "").includes("text/html") : mode === "navigate";
}

/**
 * Other ports of a host are the same site, so `SameSite` keeps no page of another project out. Browsers name the site only where they
 * trust the address (HTTPS, this machine); everywhere they name the origin of whatever is not a plain GET.
 */
function isForeign(headers: Sent, isReading: boolean): boolean {
  const site = headers.get("sec-fetch-site");
  if (site === "cross-site" || site === "same-site") return !(isReading && headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document");
  const origin = headers.get("origin");
  return origin !== null && hostOf(origin) !== headers.get("x-forwarded-host");
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
