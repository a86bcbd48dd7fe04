import type { CaaRecord } from "./name-ports";

/** `unknown`: it depends on what only the authority knows. */
export type CaaVerdict = { state: "ok" | "stop" | "unknown"; sentence: string };

type Question = { records: readonly CaaRecord[]; /** Name that has the records. */ at: string | null; isWildcard: boolean; /** Under which names CAA records permit the authority. */ identities: readonly string[]; authority: string };

const understood = ["issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"];
/** The ways in which the edge proves a name (RFC 8657, section 4). */
const methods = ["http-01", "tls-alpn-01"];

/** Whether CAA records let an authority certify a name (RFC 8659, section 4; parameters by RFC 8657). */
export function judgeCaa({ records, at, isWildcard, identities, authority }: Question): CaaVerdict {
  if (at === null || records.length === 0) return { state: "ok", sentence: "No CAA record limits who may issue." };
  const strange = records.find(({ isCritical, tag }) => isCritical && !understood.includes(tag));
  if (strange !== undefined) return { state: "stop", sentence: `A CAA record of ${at} with the tag “${strange.tag}” is marked critical, and an authority that does not know it must refuse. Take it away.` };
  const ofTag = (tag: string) => records.filter((record) => record.tag === tag);
  const wild = isWildcard ? ofTag("issuewild") : [];
  const relevant = wild.length > 0 ? wild : ofTag("issue");
  if (relevant.length === 0) return { state: "ok", sentence: `The CAA records of ${at} do not limit who may issue.` };
  const named = relevant.map(({ value }) => parseValue(value));
  const allowed = named.filter(({ issuer }) => identities.includes(issuer));
  if (identities.length === 0) return { state: "unknown", sentence: `CAA records of ${at} permit ${listOf(named)} alone, and ${authority} does not say under which name it looks for itself.` };
  if (allowed.length === 0) return { state: "stop", sentence: `CAA records of ${at} permit ${listOf(named)}, not ${authority}. Add the record ${at} CAA 0 issue "${identities[0] ?? ""}".` };
  const ready = allowed.filter(({ parameters }) => permitsMethod(parameters.get("validationmethods")));
  if (ready.length === 0) return { state: "stop", sentence: `CAA records of ${at} permit ${authority} only by ${allowed.map(({ parameters }) => parameters.get("validationmethods") ?? "").join(", ")}. The edge proves names by http-01 and tls-alpn-01: permit one of them.` };
  if (ready.every(({ parameters }) => parameters.has("accounturi"))) return { state: "unknown", sentence: `CAA records of ${at} permit ${authority} for one account alone. Whether that is the edge's cannot be seen from here.` };
  return { state: "ok", sentence: `CAA records of ${at} permit ${authority}.` };
}

type Value = { issuer: string; parameters: Map<string, string> };

function parseValue(text: string): Value {
  const [issuer = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters = rest.flatMap((part): [string, string][] => {
    const equals = part.indexOf("=");
    return equals < 1 ? [] : [[part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim()]];
  });
  return { issuer: issuer.toLowerCase(), parameters: new Map(parameters) };
}

const permitsMethod = (listed: string | undefined) => listed === undefined || listed.split(",").some((method) => methods.includes(method.trim().toLowerCase()));

function listOf(values: readonly Value[]): string {
  const issuers = [...new Set(values.map(({ issuer }) => issuer).filter((issuer) => issuer !== ""))];
  return issuers.length === 0 ? "nobody" : issuers.join(", ");
}
