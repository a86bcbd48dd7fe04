import { request as sendRequest } from "undici";
import { readStart } from "./read-start";
import { wordsFor } from "./words-for";

const maxBodyBytes = 256 * 1024;

export type Asked = { method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"; headers: Record<string, string>; body: string | undefined; timeoutMs: number };
export type Answered = { status: number; headers: Record<string, string>; body: string; durationMs: number };

/**
 * Sends one request and reads the start of the answer. Redirects are not followed.
 * @throws Error whose message says in a few words why no answer came.
 */
export async function askOnce(url: URL, { method, headers, body, timeoutMs }: Asked, signal: AbortSignal): Promise<Answered> {
  const startedAtMs = performance.now();
  try {
    const answer = await sendRequest(url, { method, headers, body, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
    const text = await readStart(answer.body, maxBodyBytes);
    return { status: answer.statusCode, headers: plainHeaders(answer.headers), body: text, durationMs: Math.round(performance.now() - startedAtMs) };
  } catch (cause) {
    signal.throwIfAborted();
    throw new Error(cause instanceof Error && cause.name === "TimeoutError" ? `no answer within ${timeoutMs / 1000} s` : wordsFor(cause), { cause });
  }
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const])));
}
