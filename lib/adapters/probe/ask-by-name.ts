import { once } from "node:events";
import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { TLSSocket } from "node:tls";
import { checkUserAgent } from "@/lib/gateway/contract";
import type { NameAnswer, NameQuestion } from "@/lib/gateway/name-probe";
import { answerTimeoutMs } from "./limits";
import { wordsFor } from "./words-for";

const readAtMostCharacters = 16 * 1024;

/**
 * Asks for a page under a name over a connection to a given address: what a browser gets once DNS leads there. A connection each, so that
 * the certificate is the one that is served now.
 */
export async function askByName(question: NameQuestion, signal: AbortSignal): Promise<NameAnswer> {
  signal.throwIfAborted();
  try {
    const request = open(question, AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]));
    const responded = once(request, "response") as Promise<[IncomingMessage]>;
    request.end();
    const [response] = await responded;
    const wrong = question.trust.kind === "names-only" ? findWrong(response.socket, question.hostname) : null;
    if (wrong !== null) {
      response.destroy();
      return { status: null, body: "", error: wrong };
    }
    return { status: response.statusCode ?? null, body: await readStart(response), error: null };
  } catch (error) {
    signal.throwIfAborted();
    return { status: null, body: "", error: wordsFor(error) };
  }
}

function open({ hostname, path, address, trust }: NameQuestion, signal: AbortSignal): ClientRequest {
  const common = { host: address.host, port: address.port, path, headers: { host: hostname, accept: "application/json", "user-agent": checkUserAgent }, agent: false, signal } as const;
  if (trust.kind === "no-tls") return httpRequest(common);
  const isKnown = trust.kind !== "names-only";
  return httpsRequest({ ...common, servername: hostname, rejectUnauthorized: isKnown, ...(trust.kind === "root" ? { ca: trust.pem } : {}) });
}

/** Why a certificate of an unknown authority is not this name's. */
function findWrong(socket: unknown, hostname: string): string | null {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (certificate === undefined) return "no certificate was shown";
  if (certificate.checkHost(hostname) === undefined) return "the certificate is for another name";
  const now = Date.now();
  return now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo) ? "the certificate is not valid today" : null;
}

async function readStart(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
    text += chunk;
    if (text.length >= readAtMostCharacters) break;
  }
  return text.slice(0, readAtMostCharacters);
}
