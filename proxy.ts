import { NextResponse, type NextRequest } from "next/server";
import { requestAddress } from "@/lib/server/request-address";
import { securityHeaders } from "@/lib/server/security-headers";

/**
 * Headers for every answer. It decides nothing about access: pages, actions and handlers each do that for themselves.
 * Next reads the nonce from the policy on the way in and gives it to its own scripts.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const { isSecure, isThroughEdge } = requestAddress(request.headers);
  const headers = securityHeaders({ nonce, isSecure: isSecure && !isThroughEdge, isDevelopment: process.env.NODE_ENV === "development" });
  const forwarded = new Headers(request.headers);
  forwarded.set("x-basehold-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  forwarded.set("content-security-policy", headers["content-security-policy"]);
  const response = NextResponse.next({ request: { headers: forwarded } });
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

export const config = { matcher: ["/((?!_next/static/|_next/image|icon\\.svg|api/edge/).*)"] };
