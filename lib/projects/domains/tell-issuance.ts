import type { OperationFailure } from "@/lib/operations/types";

type Told = Pick<OperationFailure, "code" | "sentence">;

const mentions = (detail: string, words: RegExp) => words.test(detail);

/** Why an authority gave no certificate, as a person is told, with the way out. `detail` holds its own words. Pure. */
export function tellIssuance({ hostname, authority, detail }: { hostname: string; authority: string; detail: string | null }): Told {
  const said = detail === null || detail === "" ? "" : ` It says: ${detail.replace(/[.\s]+$/, "")}.`;
  const text = detail ?? "";
  if (mentions(text, /rate.?limit|too many|HTTP 429/i)) return { code: "rate-limited", sentence: `${authority} gives no certificate for ${hostname} at this time, because it was asked too often.${said} Wait until then and attach the domain again; every further attempt counts as well.` };
  if (mentions(text, /\bCAA\b/)) return { code: "caa-refused", sentence: `${authority} may not certify ${hostname}: a CAA record says so.${said} Change the record, then attach the domain again.` };
  if (mentions(text, /NXDOMAIN|SERVFAIL|no valid A records|DNS problem|looking up/i)) return { code: "dns-refused", sentence: `${authority} found no address for ${hostname}.${said} Check its DNS records; a new one may need a while until everybody sees it.` };
  if (mentions(text, /rejectedIdentifier|policy forbids|forbidden by policy/i)) return { code: "name-refused", sentence: `${authority} does not certify names such as ${hostname}.${said} Use another name, or a certificate of your own.` };
  if (mentions(text, /externalAccount/i)) return { code: "account-refused", sentence: `${authority} asks for an account that was made with it beforehand, which the edge cannot show.${said} Use another directory under Settings, Edge.` };
  if (mentions(text, /dial tcp|no such host|x509:|certificate signed by unknown authority|provisioning client/i)) return { code: "authority-unreachable", sentence: `The edge cannot reach ${authority}, or does not trust its certificate.${said}` };
  if (mentions(text, /connection refused|timeout|timed out|connection reset|unauthorized|invalid response|remote error|no route/i)) return { code: "not-reached", sentence: `${authority} did not reach this machine under ${hostname}.${said} The name has to lead here, and ports 80 and 443 have to be open to everyone.` };
  return { code: "no-certificate", sentence: `${authority} gave no certificate for ${hostname}.${said}` };
}
