import NextAuth from "next-auth";
import type { NextApiRequest, NextApiResponse } from "next";
import { NotFoundError } from "@/lib/access/errors";
import { authOptions } from "./auth-options";
import { problemResponse } from "./problem";
import { reportError } from "./report-error";
import { requestAddress } from "./request-address";
import { requireSameOrigin } from "./same-origin";
import { parseCookies } from "./session-cookie";

/** What the panel uses of next-auth. Its other endpoints (pages of its own, a log that anyone may write to) do not exist here. */
const served: readonly string[] = ["GET csrf", "POST callback/credentials", "POST signout"];

const maxBodyBytes = 16 * 1024;

/** Serves next-auth's endpoints from a plain Request, so that every address it makes is one of the panel's own, never the Host header's. */
export async function handleAuth(request: Request, path: readonly string[]): Promise<Response> {
  try {
    if (!served.includes(`${request.method} ${path.join("/")}`)) throw new NotFoundError();
    if (request.method !== "GET") requireSameOrigin(request.headers, requestAddress(request.headers).url);
    return await callNextAuth(request, path, await readFields(request));
  } catch (error) {
    return problemResponse(reportError(error, "auth"));
  }
}

async function readFields(request: Request): Promise<Record<string, string>> {
  if (request.method === "GET") return {};
  if (Number(request.headers.get("content-length") ?? "0") > maxBodyBytes) throw new NotFoundError();
  return Object.fromEntries(new URLSearchParams(await request.text()));
}

async function callNextAuth(request: Request, path: readonly string[], body: Record<string, string>): Promise<Response> {
  const answer = new Answer();
  const incoming = {
    method: request.method,
    headers: Object.fromEntries(request.headers),
    cookies: parseCookies(request.headers.get("cookie") ?? ""),
    query: { nextauth: [...path] },
    body,
  };
  const address = requestAddress(request.headers);
  // next-auth reads it before it first waits for anything: another request at the same moment cannot come between.
  process.env["NEXTAUTH_URL"] = address.url.origin;
  // next-auth reads exactly these fields of a request and calls exactly these methods of a response.
  await NextAuth(incoming as unknown as NextApiRequest, answer as unknown as NextApiResponse, authOptions(address));
  return answer.toResponse();
}

/** next-auth answers a missing CSRF token as if signing in had worked; to a form that is a failure. */
function isCsrfRefusal(body: string | null): boolean {
  return body !== null && body.includes("?csrf=true");
}

/** Collects what next-auth says to a response of the pages router. */
class Answer {
  #status = 200;
  #body: string | null = null;
  readonly #headers = new Map<string, string | string[]>();

  status(code: number): this {
    this.#status = code;
    return this;
  }

  getHeader(name: string): string | string[] | undefined {
    return this.#headers.get(name.toLowerCase());
  }

  setHeader(name: string, value: string | string[]): this {
    this.#headers.set(name.toLowerCase(), value);
    return this;
  }

  json(value: unknown): void {
    this.setHeader("content-type", "application/json");
    this.#body = JSON.stringify(value);
  }

  send(value: unknown): void {
    if (typeof value === "string") this.#body = value;
    else if (value !== undefined) this.json(value);
  }

  end(): void {}

  toResponse(): Response {
    const headers = new Headers({ "cache-control": "no-store" });
    const status = isCsrfRefusal(this.#body) ? 403 : this.#status;
    for (const [name, value] of this.#headers) for (const one of [value].flat()) headers.append(name, one);
    return new Response(this.#body, { status, headers });
  }
}
