import { Agent, request as sendRequest } from "undici";
import { prepareRequest, type ContractAnswer, type ContractCredentials, type ContractProbe, type ContractRequest } from "@/lib/gateway/contract";
import { answerTimeoutMs, connectTimeoutMs, snippetCharacters } from "./limits";
import { openSocket } from "./open-socket";
import { wordsFor } from "./words-for";

const readAtMostBytes = 16 * 1024;

/** Sends the contract's requests over the network as any client would: a connection each, redirects not followed. */
export class HttpContractProbe implements ContractProbe {
  /** Without keep-alive: a connection left over from the gateway before a change would prove nothing about the one after it. */
  readonly #agent = new Agent({ pipelining: 0, connect: { timeout: connectTimeoutMs }, headersTimeout: answerTimeoutMs, bodyTimeout: answerTimeoutMs });

  async send(baseUrl: string, request: ContractRequest, credentials: ContractCredentials, signal: AbortSignal): Promise<ContractAnswer> {
    signal.throwIfAborted();
    const prepared = prepareRequest(request, credentials);
    const url = new URL(prepared.path, baseUrl);
    const startedAtMs = performance.now();
    const ended = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
    const durationMs = () => Math.round(performance.now() - startedAtMs);
    try {
      const answer = prepared.isWebSocket
        ? await openSocket(url, prepared.headers, ended)
        : await this.#ask(url, prepared, ended);
      return { ...answer, durationMs: durationMs() };
    } catch (error) {
      signal.throwIfAborted();
      return { status: null, bodySnippet: "", durationMs: durationMs(), error: wordsFor(error) };
    }
  }

  async #ask(url: URL, { method, headers, body }: { method: string; headers: Record<string, string>; body?: string }, signal: AbortSignal): Promise<{ status: number; bodySnippet: string }> {
    const answer = await sendRequest(url, { dispatcher: this.#agent, method: method === "POST" ? "POST" : "GET", headers, body, signal });
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
