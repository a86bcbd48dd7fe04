import { getToken } from "next-auth/jwt";
import { z } from "zod";
import { requestAddress } from "./request-address";
import { webSecret } from "./web-secret";

/** Every name starts with one of the prefixes that each gateway strips: a project never sees the panel's cookies. */
export function cookieNames(isSecure: boolean): { session: string; csrf: string; callback: string } {
  const prefix = isSecure ? "__Host-" : "";
  return { session: `${prefix}basehold.session`, csrf: `${prefix}basehold.csrf`, callback: `${prefix}basehold.callback` };
}

const payload = z.object({ sid: z.string().min(32).max(128) });

/** The session id inside next-auth's cookie; null when there is none, or when it was not made here. */
export async function readSessionId(headers: Pick<Headers, "get">): Promise<string | null> {
  const cookies = parseCookies(headers.get("cookie") ?? "");
  const { session } = cookieNames(requestAddress(headers).isSecure);
  if (!Object.keys(cookies).some((name) => name.startsWith(session))) return null;
  // getToken also accepts a bearer header; tokens have their own door, so it is given cookies only.
  const token = await getToken({ req: toNextAuthRequest(cookies), cookieName: session, secret: webSecret() });
  const parsed = payload.safeParse(token);
  return parsed.success ? parsed.data.sid : null;
}

type NextAuthRequest = Parameters<typeof getToken>[0]["req"];

/** getToken reads these two fields only; its type asks for a whole request. */
function toNextAuthRequest(cookies: Record<string, string>): NextAuthRequest {
  return { cookies, headers: {} } as unknown as NextAuthRequest;
}

/** The cookies of a request by name. */
export function parseCookies(header: string): Record<string, string> {
  const pairs = header.split(";").map((pair) => {
    const at = pair.indexOf("=");
    return at < 0 ? null : ([pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())] as const);
  });
  return Object.fromEntries(pairs.filter((pair) => pair !== null));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
