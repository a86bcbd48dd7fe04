import { connect, rootCertificates, type TLSSocket } from "node:tls";
import { factsOf } from "@/lib/projects/domains/certificate-pair";
import type { TlsAnswer, TlsQuestion } from "@/lib/projects/domains/name-ports";
import { answerTimeoutMs } from "./limits";
import { wordsFor } from "./words-for";

/**
 * Shakes hands under a name at a given address and says which certificate was shown and whether its chain leads to a root that is known.
 * Whether it is for the name, and valid, is for the caller to judge. Never rejects but for the abort reason.
 */
export async function readTls({ hostname, address, extraRootsPem }: TlsQuestion, signal: AbortSignal): Promise<TlsAnswer> {
  signal.throwIfAborted();
  const ended = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
  const ca = extraRootsPem === null ? undefined : [...rootCertificates, extraRootsPem];
  const socket = connect({ ...address, servername: hostname, rejectUnauthorized: false, checkServerIdentity: () => undefined, ALPNProtocols: ["http/1.1"], ca });
  try {
    await shakeHands(socket, ended);
    const leaf = socket.getPeerX509Certificate();
    if (leaf === undefined) return { shown: null, error: "no certificate was shown" };
    return { shown: { facts: factsOf(leaf), fingerprint: leaf.fingerprint256, distrust: distrustOf(socket) }, error: null };
  } catch (error) {
    signal.throwIfAborted();
    return { shown: null, error: tlsWords(error) };
  } finally {
    socket.destroy();
  }
}

function shakeHands(socket: TLSSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    socket.once("secureConnect", () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    socket.on("error", reject);
    socket.once("close", () => reject(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
  });
}

/** A server that knows no certificate for the name ends the handshake with an alert. */
function tlsWords(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^ERR_SSL_|^EPROTO$/.test(code) ? "no certificate is served for this name" : wordsFor(error);
}

const distrustWords: Record<string, string> = {
  CERT_HAS_EXPIRED: "it has ended",
  CERT_NOT_YET_VALID: "it is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "its root is none that this machine trusts",
  UNABLE_TO_GET_ISSUER_CERT: "its chain does not lead to a root that this machine trusts",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its chain does not lead to a root that this machine trusts",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its chain does not lead to a root that this machine trusts",
};

function distrustOf(socket: TLSSocket): string | null {
  if (socket.authorized) return null;
  const error: unknown = socket.authorizationError;
  const code = typeof error === "string" ? error : error instanceof Error && "code" in error ? String(error.code) : "";
  return distrustWords[code] ?? `it could not be verified (${code === "" ? "no reason given" : code})`;
}
