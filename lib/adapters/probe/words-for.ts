import { answerTimeoutMs } from "./limits";

const words: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection closed",
  EPIPE: "connection closed",
  UND_ERR_SOCKET: "connection closed",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "the answer stopped half-way",
  ENOTFOUND: "address unknown",
  EAI_AGAIN: "address unknown",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "host unreachable",
  EPROTO: "no certificate is served for this name",
  ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR: "no certificate is served for this name",
  "ERR_SSL_SSL/TLS_ALERT_INTERNAL_ERROR": "no certificate is served for this name",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate is for another name",
  CERT_HAS_EXPIRED: "the certificate has expired",
  CERT_NOT_YET_VALID: "the certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate is by no authority that this machine trusts",
  SELF_SIGNED_CERT_IN_CHAIN: "the certificate is by no authority that this machine trusts",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the certificate is by no authority that this machine trusts",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the certificate's chain is incomplete, or by no authority that this machine trusts",
};

/** Why no answer came, in a few words without addresses or keys. */
export function wordsFor(error: unknown): string {
  if (typeof error !== "object" || error === null) return "no answer";
  if ("name" in error && error.name === "TimeoutError") return `no answer within ${answerTimeoutMs / 1000} s`;
  if ("code" in error && typeof error.code === "string") return words[error.code] ?? (error.code.startsWith("HPE_") ? "not an HTTP answer" : "no answer");
  return "cause" in error && error.cause !== undefined ? wordsFor(error.cause) : "no answer";
}
