import type { BuiltInOverride, OverrideField } from "@/lib/gateway/overrides";
import type { CorsRule, HttpMethod, RateLimit } from "@/lib/gateway/routes";

/** Limits and policies of a route as they are typed: numbers and lists as text, so that nothing is lost while it is wrong. */
export type PolicyForm = {
  timeoutMs: string;
  idleTimeoutMs: string;
  retryAttempts: string;
  maxBodyBytes: string;
  ipAllow: string;
  isRateLimited: boolean;
  requestsPerSecond: string;
  burst: string;
  per: RateLimit["per"];
  hasCors: boolean;
  corsOrigins: string;
  corsMethods: readonly HttpMethod[];
  corsHeaders: string;
  allowsCredentials: boolean;
};

/** Policies as they are stored. */
export type Policies = {
  timeoutMs: number | null;
  idleTimeoutMs: number | null;
  retryAttempts: number;
  maxBodyBytes: number | null;
  ipAllow: readonly string[];
  rateLimit: RateLimit | null;
  cors: CorsRule | null;
};

const textOf = (value: number | null | undefined) => (value === null || value === undefined ? "" : String(value));

export function toPolicyForm({ timeoutMs, idleTimeoutMs, retryAttempts, maxBodyBytes, ipAllow, rateLimit, cors }: Partial<Policies>): PolicyForm {
  return {
    timeoutMs: textOf(timeoutMs),
    idleTimeoutMs: textOf(idleTimeoutMs),
    retryAttempts: textOf(retryAttempts),
    maxBodyBytes: textOf(maxBodyBytes),
    ipAllow: (ipAllow ?? []).join("\n"),
    isRateLimited: rateLimit !== null && rateLimit !== undefined,
    requestsPerSecond: textOf(rateLimit?.requestsPerSecond ?? 10),
    burst: textOf(rateLimit?.burst ?? 20),
    per: rateLimit?.per ?? "ip",
    hasCors: cors !== null && cors !== undefined,
    corsOrigins: (cors?.origins ?? []).join("\n"),
    corsMethods: cors?.methods ?? [],
    corsHeaders: (cors?.headers ?? []).join("\n"),
    allowsCredentials: cors?.allowsCredentials ?? false,
  };
}

/** What was typed for a number; not a number stays one that no rule accepts, so that its field says so. */
export function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

const numberOrNull = (text: string) => (text.trim() === "" ? null : numberOf(text));

/** Entries of a list, one a line or with commas between them. */
export function linesOf(text: string): string[] {
  return text.split(/[\n,]/).map((line) => line.trim()).filter((line) => line !== "");
}

export function fromPolicyForm(form: PolicyForm): Policies {
  return {
    timeoutMs: numberOrNull(form.timeoutMs),
    idleTimeoutMs: numberOrNull(form.idleTimeoutMs),
    retryAttempts: numberOf(form.retryAttempts),
    maxBodyBytes: numberOrNull(form.maxBodyBytes),
    ipAllow: linesOf(form.ipAllow),
    rateLimit: form.isRateLimited ? { requestsPerSecond: numberOf(form.requestsPerSecond), burst: numberOf(form.burst), per: form.per } : null,
    cors: form.hasCors ? { origins: linesOf(form.corsOrigins), methods: [...form.corsMethods], headers: linesOf(form.corsHeaders), allowsCredentials: form.allowsCredentials } : null,
  };
}

export type OverrideForm = PolicyForm & { isClosed: boolean; /** The whole answer may take as long as it needs. */ hasNoTimeout: boolean };

export function toOverrideForm(override: BuiltInOverride): OverrideForm {
  const { isClosed = false, ...policies } = override;
  return { ...toPolicyForm({ ...policies, timeoutMs: policies.timeoutMs ?? null }), isClosed, hasNoTimeout: policies.timeoutMs === null };
}

/** Only what differs from the release: a field left empty stays as released. null when nothing does. */
export function fromOverrideForm(form: OverrideForm, permitted: readonly OverrideField[]): BuiltInOverride | null {
  const { retryAttempts, ipAllow, rateLimit, cors, maxBodyBytes, timeoutMs, idleTimeoutMs } = fromPolicyForm(form);
  const wished: BuiltInOverride = {
    ...(form.isClosed ? { isClosed: true } : {}),
    ...(form.hasNoTimeout ? { timeoutMs: null } : timeoutMs === null ? {} : { timeoutMs }),
    ...(idleTimeoutMs === null ? {} : { idleTimeoutMs }),
    ...(form.retryAttempts.trim() === "" ? {} : { retryAttempts }),
    ...(ipAllow.length === 0 ? {} : { ipAllow: [...ipAllow] }),
    ...(rateLimit === null ? {} : { rateLimit }),
    ...(cors === null ? {} : { cors: { ...cors, origins: [...cors.origins], methods: [...cors.methods], headers: [...cors.headers] } }),
    ...(maxBodyBytes === null ? {} : { maxBodyBytes }),
  };
  const kept = Object.entries(wished).filter(([field]) => permitted.some((one) => one === field));
  return kept.length === 0 ? null : Object.fromEntries(kept);
}
