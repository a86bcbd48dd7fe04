import { fromBase64Url, toBase64 } from "@/lib/stack/encoding";

export type DashboardUser = { username: string; password: string };

/** Keys that the gateway knows of one project. Several publishable or secret keys are valid together while one replaces another. */
export type KongKeys = {
  /** null: switched off. */
  anon: string | null;
  serviceRole: string | null;
  publishable: readonly string[];
  secret: readonly string[];
  /** Keys that were switched off: refused on every route, also where no key is checked. */
  revoked: readonly string[];
  /** Internal tokens that opaque keys are exchanged for. */
  anonToken: string;
  serviceRoleToken: string;
  dashboardUsers: readonly DashboardUser[];
  /** The project's `{"keys":[…]}` as JSON; public keys with an id in it verify signed-in users. */
  jwks: string;
};

/** Groups of the access lists. `anon` and `admin` are upstream's names. */
export const groups = { anon: "anon", admin: "admin", opaque: "opaque" } as const;

export type Consumer = { username: string; keyauth_credentials?: { key: string }[]; basicauth_credentials?: DashboardUser[]; jwt_secrets?: JwtCredential[]; acls?: { group: string }[] };
export type JwtCredential = { key: string; algorithm: "ES256" | "RS256"; rsa_public_key: string };

/** Who may come in: one consumer per kind of key, so that a limit or an access list can tell them apart. */
export function consumers(keys: KongKeys): Consumer[] {
  const withKeys = (username: string, sent: readonly (string | null)[], ...memberOf: string[]): Consumer[] => {
    const known = [...new Set(sent.filter((key) => key !== null && key !== ""))].map((key) => ({ key: key ?? "" }));
    return known.length === 0 ? [] : [{ username, keyauth_credentials: known, acls: memberOf.map((group) => ({ group })) }];
  };
  const jwtCredentials = readJwks(keys.jwks);
  return [
    ...withKeys("anon", [keys.anon], groups.anon),
    ...withKeys("service_role", [keys.serviceRole], groups.admin),
    ...withKeys("publishable", keys.publishable, groups.anon, groups.opaque),
    ...withKeys("secret", keys.secret, groups.admin, groups.opaque),
    ...(jwtCredentials.length === 0 ? [] : [{ username: "signed-in-user", jwt_secrets: jwtCredentials }]),
    ...(keys.dashboardUsers.length === 0 ? [] : [{ username: "dashboard", basicauth_credentials: keys.dashboardUsers.map(({ username, password }) => ({ username, password })) }]),
  ];
}

/** Public keys that Kong can hold: those with an id, by which a token names its key. The symmetric one of older projects has none. */
export function readJwks(jwks: string): JwtCredential[] {
  return keysOf(jwks).flatMap((jwk) => {
    const { kid, kty, crv } = jwk;
    if (typeof kid !== "string" || kid === "") return [];
    const spki = kty === "EC" && crv === "P-256" ? ecKey(jwk) : kty === "RSA" ? rsaKey(jwk) : undefined;
    return spki === undefined ? [] : [{ key: kid, algorithm: kty === "EC" ? "ES256" : "RS256", rsa_public_key: toPem(spki) } as const];
  });
}

function keysOf(jwks: string): Record<string, unknown>[] {
  try {
    const parsed: unknown = JSON.parse(jwks);
    const keys: unknown = typeof parsed === "object" && parsed !== null && "keys" in parsed ? parsed.keys : [];
    return Array.isArray(keys) ? keys.filter((key): key is Record<string, unknown> => typeof key === "object" && key !== null) : [];
  } catch {
    return [];
  }
}

const bytesOf = (value: unknown) => (typeof value === "string" ? fromBase64Url(value) : undefined);

/** DER (X.690): tag, length, content. */
function der(tag: number, ...parts: (Uint8Array | readonly number[])[]): number[] {
  const content = parts.flatMap((part) => [...part]);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return [tag, ...length, ...content];
}

const sequence = (...parts: (Uint8Array | readonly number[])[]) => der(0x30, ...parts);
const integer = (bytes: Uint8Array) => der(0x02, (bytes[0] ?? 0) > 127 ? [0] : [], bytes);
const bitString = (...parts: (Uint8Array | readonly number[])[]) => der(0x03, [0], ...parts);
/** Object identifiers of ecPublicKey with prime256v1 (RFC 5480) and of rsaEncryption with its null parameter (RFC 8017). */
const p256Algorithm = sequence(der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]), der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]));
const rsaAlgorithm = sequence(der(0x06, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]), [0x05, 0x00]);

function ecKey({ x, y }: Record<string, unknown>): number[] | undefined {
  const [left, right] = [bytesOf(x), bytesOf(y)];
  return left?.length === 32 && right?.length === 32 ? sequence(p256Algorithm, bitString([0x04], left, right)) : undefined;
}

function rsaKey({ n, e }: Record<string, unknown>): number[] | undefined {
  const [modulus, exponent] = [bytesOf(n), bytesOf(e)];
  if (modulus === undefined || exponent === undefined || modulus.length < 256 || exponent.length === 0) return undefined;
  return sequence(rsaAlgorithm, bitString(sequence(integer(modulus), integer(exponent))));
}

function toPem(spki: readonly number[]): string {
  const lines = toBase64(Uint8Array.from(spki)).match(/.{1,64}/g) ?? [];
  return ["-----BEGIN PUBLIC KEY-----", ...lines, "-----END PUBLIC KEY-----", ""].join("\n");
}
