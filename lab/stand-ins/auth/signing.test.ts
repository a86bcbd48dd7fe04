import { createHash } from "node:crypto";
import { decodeProtectedHeader, exportJWK, generateKeyPair } from "jose";
import { describe, expect, it } from "vitest";
import { readConfig } from "./config";
import { generateOtp, hashOtp, hashPassword, keyringOf, passwordFits, publicKeys, signAccessToken, verifierFits } from "./signing";

const secret = "a-shared-secret-of-forty-characters-0001";

function configWith(keys: unknown[]) {
  const env = { API_EXTERNAL_URL: "http://p/auth/v1", GOTRUE_SITE_URL: "http://s", GOTRUE_JWT_SECRET: secret, GOTRUE_DB_DATABASE_URL: "postgres://db/p" };
  return readConfig({ ...env, GOTRUE_JWT_KEYS: JSON.stringify(keys) });
}

async function projectKeys(): Promise<unknown[]> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const common = { kid: "key-1", alg: "ES256", use: "sig", ext: true };
  return [{ ...(await exportJWK(privateKey)), ...common, key_ops: ["sign", "verify"] }, { kty: "oct", k: Buffer.from(secret).toString("base64url"), alg: "HS256" }];
}

describe("access tokens", () => {
  it("are signed with the key that may sign, name it, and are accepted back", async () => {
    const config = configWith(await projectKeys());
    const token = await signAccessToken(config, { role: "authenticated" });
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: "ES256", kid: "key-1" });
    expect((await keyringOf(config).verify(token)).role).toBe("authenticated");
  });

  it("are signed with the shared secret where there is no key, and such tokens stay good when a key is added", async () => {
    const token = await signAccessToken(configWith([]), { role: "authenticated" });
    expect(decodeProtectedHeader(token).alg).toBe("HS256");
    expect((await keyringOf(configWith(await projectKeys())).verify(token)).role).toBe("authenticated");
  });

  it("the published key set holds no private part and no shared secret", async () => {
    const published = JSON.stringify(publicKeys(configWith(await projectKeys())));
    expect(published).not.toContain('"d"');
    expect(published).not.toContain('"oct"');
    expect(published).toContain("key-1");
  });
});

describe("proofs", () => {
  it("a password fits its own hash only, and two hashes of it differ", async () => {
    const [one, two] = [await hashPassword("pass word"), await hashPassword("pass word")];
    expect(one).not.toBe(two);
    expect([await passwordFits("pass word", one), await passwordFits("pass word ", one), await passwordFits("pass word", "$2a$10$bcrypt")]).toEqual([true, false, false]);
  });

  it("a code is digits, and its hash depends on the address", () => {
    expect(generateOtp(8)).toMatch(/^\d{8}$/);
    expect(hashOtp("a@b.c", "123456")).not.toBe(hashOtp("x@b.c", "123456"));
  });

  it("a verifier fits its own challenge only", () => {
    const challenge = createHash("sha256").update("verifier").digest("base64url");
    expect([verifierFits("verifier", challenge, "s256"), verifierFits("other", challenge, "s256"), verifierFits(challenge, challenge, "plain")]).toEqual([true, false, true]);
  });
});
