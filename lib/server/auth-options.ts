import type { AuthOptions } from "next-auth";
import credentialsProvider from "next-auth/providers/credentials";
import { z } from "zod";
import { LimitExceededError, UnauthenticatedError } from "@/lib/access/errors";
import { sessionLimitMs } from "@/lib/access/load-actor";
import { signIn, signOut } from "@/lib/access/sign-in";
import { clientAddress } from "./client-address";
import { webLog } from "./log";
import { reportError } from "./report-error";
import type { RequestAddress } from "./request-address";
import { cookieNames } from "./session-cookie";
import { publicContext } from "./web-context";
import { webSecret } from "./web-secret";

const typed = z.object({ email: z.string(), password: z.string() });
const signedIn = z.object({ id: z.string(), sid: z.string() });
const carried = z.object({ sid: z.string() });

/**
 * next-auth owns the sign-in endpoints, their CSRF token and the cookies; who is behind a session is ours. Its JWT holds the
 * id of the session and nothing else, so a role or a revocation never waits for a token to end.
 */
export function authOptions({ isSecure }: Pick<RequestAddress, "isSecure">): AuthOptions {
  const names = cookieNames(isSecure);
  const options = { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure } as const;
  return {
    secret: webSecret(),
    useSecureCookies: isSecure,
    session: { strategy: "jwt", maxAge: sessionLimitMs / 1000 },
    jwt: { maxAge: sessionLimitMs / 1000 },
    cookies: {
      sessionToken: { name: names.session, options },
      csrfToken: { name: names.csrf, options },
      callbackUrl: { name: names.callback, options },
    },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [
      credentialsProvider({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: async (credentials, request) => authorizeCredentials(credentials, new Headers(toStrings(request.headers))),
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (user === undefined ? { sid: carried.parse(token).sid } : { sid: signedIn.parse(user).sid }),
      redirect: ({ url, baseUrl }) => (url.startsWith("/") && !url.startsWith("//") ? new URL(url, baseUrl).href : baseUrl),
    },
    events: {
      signOut: async ({ token }) => {
        const parsed = carried.safeParse(token);
        if (parsed.success) await signOut(await publicContext(null), { sid: parsed.data.sid });
      },
    },
    logger: {
      error: (code) => webLog().error({ code }, "next-auth"),
      warn: (code) => webLog().debug({ code }, "next-auth"),
      debug: () => {},
    },
  };
}

/** The session of who typed the right password; null for a wrong one. Waiting is told as the code that the sign-in form reads. */
async function authorizeCredentials(credentials: unknown, headers: Headers): Promise<{ id: string; sid: string } | null> {
  const parsed = typed.safeParse(credentials);
  if (!parsed.success) return null;
  try {
    const context = await publicContext(clientAddress(headers));
    const { sid, userId } = await signIn(context, { ...parsed.data, userAgent: headers.get("user-agent") ?? "" });
    return { id: userId, sid };
  } catch (error) {
    if (error instanceof UnauthenticatedError) return null;
    if (error instanceof LimitExceededError) throw new Error(`wait-${error.retryAfterSeconds}`, { cause: error });
    reportError(error, "sign-in");
    throw new Error("unavailable", { cause: error });
  }
}

function toStrings(headers: Record<string, unknown> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : [])));
}
