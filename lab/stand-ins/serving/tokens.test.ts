import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { bearerOf, Keyring, parseJwks, publicKeyOf, type JWK } from "./tokens";

const secret = "a-shared-secret-of-forty-characters-0001";

async function makePair(kid: string): Promise<{ privateKey: CryptoKey; jwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig", key_ops: ["verify"] } };
}

const shared = (text = secret) => new TextEncoder().encode(text);
const signShared = (key = secret, exp = "1h") => new SignJWT({ role: "anon" }).setProtectedHeader({ alg: "HS256" }).setExpirationTime(exp).sign(shared(key));

describe("Keyring", () => {
  it("takes tokens of the shared secret and of every listed key", async () => {
    const { privateKey, jwk } = await makePair("one");
    const keyring = new Keyring({ secret, keys: [jwk] });
    const asymmetric = await new SignJWT({ role: "service_role" }).setProtectedHeader({ alg: "ES256", kid: "one" }).sign(privateKey);
    expect((await keyring.verify(await signShared())).role).toBe("anon");
    expect((await keyring.verify(asymmetric)).role).toBe("service_role");
  });

  it("refuses a token of another secret, an expired one, an unsigned one and one of a key that it does not know", async () => {
    const { privateKey } = await makePair("other");
    const keyring = new Keyring({ secret, keys: [(await makePair("one")).jwk] });
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from('{"role":"service_role"}').toString("base64url")}.`;
    const unknown = await new SignJWT({}).setProtectedHeader({ alg: "ES256", kid: "one" }).sign(privateKey);
    for (const token of [await signShared("another-secret-of-forty-characters-00001"), await signShared(secret, "-1h"), unsigned, unknown, "not.a.token"]) {
      await expect(keyring.verify(token)).rejects.toThrow();
    }
  });

  it("never takes a public key's text as a shared secret", async () => {
    const { jwk } = await makePair("one");
    const keyring = new Keyring({ keys: [jwk] });
    const forged = await new SignJWT({ role: "service_role" }).setProtectedHeader({ alg: "HS256", kid: "one" }).sign(shared(JSON.stringify(jwk)));
    await expect(keyring.verify(forged)).rejects.toThrow();
  });

  it("takes tokens of a symmetric key that is listed without a name", async () => {
    const keyring = new Keyring({ keys: [{ kty: "oct", k: Buffer.from(secret).toString("base64url"), alg: "HS256" }] });
    expect((await keyring.verify(await signShared())).role).toBe("anon");
  });
});

describe("keys as text", () => {
  it("a published key has lost every private part", async () => {
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    const published = publicKeyOf({ ...(await exportJWK(privateKey)), kid: "one" });
    expect(published).not.toHaveProperty("d");
    expect(published.key_ops).toEqual(["verify"]);
  });

  it("a key set is an object with keys; a bare array is refused", () => {
    expect(parseJwks(undefined)).toEqual([]);
    expect(parseJwks('{"keys":[{"kty":"oct"}]}')).toEqual([{ kty: "oct" }]);
    expect(() => parseJwks('[{"kty":"oct"}]')).toThrow("keys");
  });

  it("a bearer header has exactly one token", () => {
    expect(bearerOf("Bearer abc")).toBe("abc");
    for (const header of [undefined, "", "Basic abc", "Bearer ", "Bearer a b"]) expect(bearerOf(header)).toBeUndefined();
  });
});
