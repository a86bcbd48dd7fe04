import { Agent, request as sendRequest } from "undici";
import { prepareRequest, type ContractAnswer, type ContractCredentials, type ContractProbe, type ContractRequest, type ContractRoute } from "@/lib/gateway/contract";
import { answerTimeoutMs, connectTimeoutMs, snippetCharacters } from "./limits";
import { openSocket } from "./open-socket";
import { routeOptions } from "./route-options";
import { wordsFor } from "./words-for";

const readAtMostBytes = 16 * 1024;

const makeAgent = (connect: ReturnType<typeof routeOptions> | Record<string, never> = {}) => new Agent({ pipelining: 0, connect: { timeout: connectTimeoutMs, ...connect }, headersTimeout: answerTimeoutMs, bodyTimeout: answerTimeoutMs });

/** Sends the contract's requests over the network as any client would: a connection each, redirects not followed. */
export class HttpContractProbe implements ContractProbe {
  /** Without keep-alive: a connection left over from the gateway before a change would prove nothing about the one after it. */
  readonly #agent = makeAgent();

  async send(baseUrl: string, request: ContractRequest, credentials: ContractCredentials, signal: AbortSignal, route?: ContractRoute): Promise<ContractAnswer> {
    signal.throwIfAborted();
    const prepared = prepareRequest(request, credentials);
    const url = new URL(prepared.path, baseUrl);
    const startedAtMs = performance.now();
    const ended = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
    const durationMs = () => Math.round(performance.now() - startedAtMs);
    try {
      const answer = prepared.isWebSocket
        ? await openSocket(url, prepared.headers, ended, route)
        : await this.#ask(url, prepared, ended, route);
      return { ...answer, durationMs: durationMs() };
    } catch (error) {
      signal.throwIfAborted();
      return { status: null, bodySnippet: "", durationMs: durationMs(), error: wordsFor(error) };
    }
  }

  async #ask(url: URL, { method, headers, body }: { method: string; headers: Record<string, string>; body?: string }, signal: AbortSignal, route?: ContractRoute): Promise<{ status: number; bodySnippet: string }> {
    const own = route === undefined ? null : makeAgent(routeOptions(route));
    try {
      return await this.#askBy(own ?? this.#agent, url, { method, headers, body }, signal);
    } finally {
      await own?.destroy();
    }
  }

  async #askBy(dispatcher: Agent, url: URL, { method, headers, body }: { method: string; headers: Record<string, string>; body: string | undefined }, signal: AbortSignal): Promise<{ status: number; bodySnippet: string }> {
    const answer = await sendRequest(url, { dispatcher, method: method === "POST" ? "POST" : "GET", headers, body, signal });
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of answer.body) {
      const part = Buffer.from(chunk as Uint8Array);
      chunks.push(part);
      sizeBytes += part.length;
      if (sizeBytes >= readAtMostBytes) break;
    }
    return { status: answer.statusCode, bodySnippet: Buffer.concat(chunks).toString("utf8").slice(0, snippetCharacters) };
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}
