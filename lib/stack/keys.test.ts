import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeJwt, generatePassword, generateProjectSecrets, generateSigningPair, isOpaqueKey, renewJwtSecret, signAsymmetricKey, signLegacyKey } from "./keys";
import { checkSecret, isKnownDemoSecret } from "./secret-rules";
import type { SecretName } from "./settings";

/** Bytes that a seed decides: two runs with the same seed draw the same. */
function seededBytes(seed: number): (length: number) => Uint8Array {
  let counter = 0;
  return (length) => {
    const parts: Buffer[] = [];
    while (parts.length * 32 < length) parts.push(createHmac("sha256", String(seed)).update(String(counter++)).digest());
    return new Uint8Array(Buffer.concat(parts).subarray(0, length));
  };
}

const generate = (seed: number) => generateProjectSecrets({ randomBytes: seededBytes(seed), nowSeconds: 1_760_000_000, uuid: () => "11111111-2222-4333-8444-555555555555" });
const texts = async (seed: number) => Object.entries(await generate(seed)).flatMap(([name, secret]) => (secret === null ? [] : [[name as SecretName, secret.reveal()] as const]));

describe("generated secrets", () => {
  it("meet their rules, are none that upstream publishes, and differ from project to project", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const [ours, others] = await Promise.all([texts(seed), texts(seed + 1)]);
        for (const [name, text] of ours) {
          expect({ name, problem: checkSecret(name, text) }).toEqual({ name, problem: null });
          expect(isKnownDemoSecret(text)).toBe(false);
          if (name !== "dashboardUsername") expect(others.map(([, other]) => other)).not.toContain(text);
        }
        expect(new Set(ours.map(([, text]) => text)).size).toBe(ours.length);
      }),
      { numRuns: 20 },
    );
  });

  it("are a function of the random bytes alone, but for the ES256 signatures, which draw their own", async () => {
    const signed: SecretName[] = ["anonKeyAsymmetric", "serviceRoleKeyAsymmetric"];
    const drawn = async () => (await texts(7)).filter(([name]) => !signed.includes(name));
    expect(await drawn()).toEqual(await drawn());
  });

  it("print as [redacted] wherever they end up", async () => {
    const secrets = await generate(1);
    expect(String(secrets.postgresPassword)).toBe("[redacted]");
    expect(JSON.stringify(secrets)).not.toContain(secrets.postgresPassword.reveal());
  });

  it("are letters and digits from a letter on, where they stand in URLs", () => {
    fc.assert(fc.property(fc.nat(), fc.integer({ min: 1, max: 64 }), (seed, length) => {
      expect(generatePassword(seededBytes(seed), length)).toMatch(new RegExp(`^[A-Za-z][A-Za-z0-9]{${length - 1}}$`));
    }));
  });

  it("hold every letter and digit equally often", () => {
    const counts = new Map<string, number>();
    for (const character of generatePassword(seededBytes(3), 62_000)) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    for (const count of counts.values()) expect(count).toBeGreaterThan(800);
  });
});

describe("API keys", () => {
  it("of the legacy kind are HS256 over the JWT secret and carry role, issuer and five years", async () => {
    const key = await signLegacyKey("anon", "secret-of-at-least-32-characters!", 1_760_000_000);
    const [header, claims, signature] = key.split(".");
    expect(createHmac("sha256", "secret-of-at-least-32-characters!").update(`${header}.${claims}`).digest("base64url")).toBe(signature);
    expect(decodeJwt(key)).toEqual({ header: { alg: "HS256", typ: "JWT" }, claims: { role: "anon", iss: "supabase", iat: 1_760_000_000, exp: 1_760_000_000 + 5 * 365 * 24 * 3600 } });
  });

  it("of the asymmetric kind verify with the public key that is published", async () => {
    const pair = await generateSigningPair(seededBytes(5), "key-1");
    const token = await signAsymmetricKey("service_role", pair, 1_760_000_000);
    const [header, claims, signature] = token.split(".");
    const publicKey = await crypto.subtle.importKey("jwk", pair.publicJwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    const isValid = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, publicKey, Buffer.from(signature ?? "", "base64url"), Buffer.from(`${header}.${claims}`));
    expect({ isValid, kid: (decodeJwt(token)?.header as { kid: string }).kid, hasPrivatePart: "d" in pair.publicJwk }).toEqual({ isValid: true, kid: "key-1", hasPrivatePart: false });
  });

  it("of the opaque kind carry a checksum that tells a mistyped one", async () => {
    const secrets = await generate(2);
    for (const key of [secrets.publishableKey.reveal(), secrets.secretKey.reveal()]) {
      expect(await isOpaqueKey(key)).toBe(true);
      expect(await isOpaqueKey(`${key.slice(0, 20)}${key[20] === "A" ? "B" : "A"}${key.slice(21)}`)).toBe(false);
    }
    expect(await isOpaqueKey("sb_publishable_short")).toBe(false);
  });
});

describe("a new JWT secret", () => {
  it("meets every rule, keeps the signing pair, and leaves no trace of the old secret", async () => {
    const before = await generate(1);
    const made = await renewJwtSecret({ randomBytes: seededBytes(2), nowSeconds: 1_760_000_000, uuid: () => "x" }, before);
    for (const [name, secret] of Object.entries(made)) expect({ name, problem: checkSecret(name as SecretName, secret.reveal()) }).toEqual({ name, problem: null });
    const keysOf = (secret: { reveal(): string }) => (JSON.parse(secret.reveal()) as { keys: { kty: string; k?: string; x?: string }[] }).keys;
    const [pairBefore, pairAfter] = [before.jwtJwks, made.jwtJwks].map((jwks) => keysOf(jwks).find(({ kty }) => kty === "EC"));
    expect(pairAfter).toEqual(pairBefore);
    expect(keysOf(made.jwtJwks).filter(({ kty }) => kty === "oct").map(({ k }) => k)).toEqual([Buffer.from(made.jwtSecret.reveal()).toString("base64url")]);
    expect(made.jwtKeys.reveal()).not.toContain(Buffer.from(before.jwtSecret.reveal()).toString("base64url"));
  });
});
