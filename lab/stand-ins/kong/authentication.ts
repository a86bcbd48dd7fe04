import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";
import type { Credentials, Identity } from "./credentials";
import { message, queryValues, type Answer, type Exchange } from "./exchange";
import type { PluginConfig } from "./plugin-schemas";
import type { JwtSecret } from "./schema";

function admit(exchange: Exchange, identity: Identity): undefined {
  exchange.identity = identity;
  const { headers } = exchange.upstream;
  headers.set("x-consumer-id", [identity.consumer.id]);
  headers.set("x-consumer-username", [identity.consumer.username]);
  headers.set("x-credential-identifier", [identity.credentialName ?? identity.credentialId]);
  headers.delete("x-anonymous-consumer");
  return undefined;
}

export function keyAuth(exchange: Exchange, config: PluginConfig<"key-auth">, credentials: Credentials): Answer | undefined {
  const { asked, upstream } = exchange;
  if (!config.run_on_preflight && asked.method === "OPTIONS") return undefined;
  const challenge = { "www-authenticate": config.realm === undefined ? "Key" : `Key realm="${config.realm}"` };
  for (const name of config.key_names) {
    const inHeader = config.key_in_header ? (asked.seenHeaders.get(name.toLowerCase()) ?? []) : [];
    const sent = inHeader.length > 0 ? inHeader : config.key_in_query ? queryValues(asked.args, name) : [];
    if (sent.length > 1) return message(401, "Duplicate API key found", challenge);
    const [key] = sent;
    if (key === undefined) continue;
    if (config.hide_credentials) upstream.headers.delete(name.toLowerCase());
    if (key === "") break;
    const identity = credentials.byKey.get(key);
    return identity === undefined ? message(401, "Unauthorized", challenge) : admit(exchange, identity);
  }
  return message(401, "No API key found in request", challenge);
}

export function acl({ identity }: Exchange, { allow, deny }: PluginConfig<"acl">): Answer | undefined {
  if (identity === undefined) return message(401, "Unauthorized");
  const isIn = (groups: readonly string[]) => groups.some((group) => identity.consumer.groups.has(group));
  const isBlocked = deny === undefined ? !isIn(allow ?? []) : isIn(deny);
  return isBlocked ? message(403, "You cannot consume this service") : undefined;
}

export function basicAuth(exchange: Exchange, config: PluginConfig<"basic-auth">, credentials: Credentials): Answer | undefined {
  const { asked, upstream } = exchange;
  const refused = message(401, "Unauthorized", { "www-authenticate": `Basic realm="${config.realm}"` });
  const pair = /^\s*basic\s+(\S+)/i.exec(asked.headers.get("authorization")?.[0] ?? "")?.[1];
  if (config.hide_credentials) upstream.headers.delete("authorization");
  if (pair === undefined) return refused;
  const text = Buffer.from(pair, "base64").toString();
  const at = text.indexOf(":");
  const known = credentials.byUsername.get(text.slice(0, Math.max(0, at)));
  return at < 0 || known === undefined || !isSame(known.password, text.slice(at + 1)) ? refused : admit(exchange, known);
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => createHmac("sha256", "length").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

export function jwt(exchange: Exchange, config: PluginConfig<"jwt">, credentials: Credentials, nowS: number): Answer | undefined {
  const { asked } = exchange;
  if (!config.run_on_preflight && asked.method === "OPTIONS") return undefined;
  const challenge = { "www-authenticate": 'Bearer error="invalid_token"' };
  const refuse = (text: string) => message(401, text, challenge);
  const sent = new Set([
    ...config.uri_param_names.flatMap((name) => queryValues(asked.args, name)).filter((value) => value !== undefined),
    ...config.header_names.flatMap((name) => /\s*[Bb]earer\s+(.+)/.exec(asked.seenHeaders.get(name)?.[0] ?? "")?.[1] ?? []),
  ]);
  const [token] = sent;
  if (token === undefined) return message(401, "Unauthorized", { "www-authenticate": "Bearer" });
  if (sent.size > 1) return refuse("Multiple tokens provided");
  const [head = "", body = "", signature = ""] = token.split(".");
  const [header, claims] = [decode(head), decode(body)];
  if (header === undefined || claims === undefined) return refuse("Bad token; invalid JSON");
  const name = claims[config.key_claim_name] ?? header[config.key_claim_name];
  if (typeof name !== "string" || name === "") return refuse(`No mandatory '${config.key_claim_name}' in claims`);
  const identity = credentials.byJwtKey.get(name);
  if (identity === undefined) return refuse(`No credentials found for given '${config.key_claim_name}'`);
  if (header.alg !== identity.secret.algorithm) return refuse("Invalid algorithm");
  if (!isSigned(identity.secret, `${head}.${body}`, signature)) return refuse("Invalid signature");
  return judgeClaims(claims, config, nowS, challenge) ?? admit(exchange, identity);
}

function judgeClaims(claims: Record<string, unknown>, config: PluginConfig<"jwt">, nowS: number, challenge: Record<string, string>): Answer | undefined {
  const refuse = (claim: string, text: string): Answer => ({ status: 401, headers: { "content-type": "application/json; charset=utf-8", ...challenge }, body: JSON.stringify({ [claim]: text }) });
  for (const claim of config.claims_to_verify) {
    const value = claims[claim];
    if (typeof value !== "number") return refuse(claim, "must be a number");
    if (claim === "exp" && value <= nowS) return refuse("exp", "token expired");
    if (claim === "nbf" && value > nowS) return refuse("nbf", "token not valid yet");
  }
  const isTooLong = config.maximum_expiration > 0 && Number(claims.exp) - nowS > config.maximum_expiration;
  return isTooLong ? refuse("exp", "exceeds maximum allowed expiration") : undefined;
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isSigned({ algorithm, secret, rsa_public_key }: JwtSecret, text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, "base64url");
  const hash = `sha${algorithm.slice(2)}`;
  try {
    if (algorithm.startsWith("HS")) return secret !== undefined && isSame(createHmac(hash, secret).update(text).digest("base64url"), bytes.toString("base64url"));
    if (rsa_public_key === undefined) return false;
    return verify(hash, Buffer.from(text), { key: createPublicKey(rsa_public_key), ...(algorithm.startsWith("ES") ? { dsaEncoding: "ieee-p1363" as const } : {}) }, bytes);
  } catch {
    return false;
  }
}
