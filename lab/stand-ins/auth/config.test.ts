import { describe, expect, it } from "vitest";
import { readArguments } from "./arguments";
import { ConfigDir, overlayFiles, parseEnvFile } from "./config-dir";
import { parseDurationMs, readConfig, readSigningKeys, splitCharacterSets } from "./config";

const minimal = { API_EXTERNAL_URL: "http://p.localhost/auth/v1", GOTRUE_SITE_URL: "http://localhost:3000", GOTRUE_JWT_SECRET: "s".repeat(40), GOTRUE_DB_DATABASE_URL: "postgres://db/postgres" };

describe("readConfig", () => {
  it("names the variable that is missing or cannot be read", () => {
    expect(() => readConfig({ ...minimal, GOTRUE_SITE_URL: "" })).toThrow("GOTRUE_SITE_URL");
    expect(() => readConfig({ ...minimal, GOTRUE_MAILER_AUTOCONFIRM: "" })).toThrow("GOTRUE_MAILER_AUTOCONFIRM");
    expect(() => readConfig({ ...minimal, GOTRUE_JWT_EXP: "soon" })).toThrow("GOTRUE_JWT_EXP");
  });

  it("reads the project's values", () => {
    const config = readConfig({ ...minimal, GOTRUE_URI_ALLOW_LIST: "http://a/*, http://b", GOTRUE_EXTERNAL_GITHUB_ENABLED: "true", GOTRUE_EXTERNAL_GITHUB_CLIENT_ID: "id", GOTRUE_MAILER_URLPATHS_RECOVERY: "/auth/v1/verify" });
    expect(config.redirectPatterns).toEqual(["http://a/*", "http://b"]);
    expect(config.providers.github).toMatchObject({ enabled: true, clientId: "id" });
    expect(config.mailer.paths.magic_link).toBe("/auth/v1/verify");
  });

  it("takes a set of signing keys only with exactly one that may sign", () => {
    const signing = { kty: "EC", key_ops: ["sign", "verify"] };
    const verifying = { kty: "oct", k: "eA" };
    expect(readSigningKeys("[]")).toEqual([]);
    expect(readSigningKeys(JSON.stringify([signing, verifying]))).toHaveLength(2);
    expect(() => readSigningKeys(JSON.stringify([verifying]))).toThrow("no signing key");
    expect(() => readSigningKeys(JSON.stringify([signing, signing]))).toThrow("multiple signing keys");
    expect(() => readSigningKeys('{"keys":[]}')).toThrow("GOTRUE_JWT_KEYS");
  });

  it("reads durations and character sets as Go's server does", () => {
    expect([parseDurationMs("1h30m"), parseDurationMs("500ms"), parseDurationMs("0"), parseDurationMs("5"), parseDurationMs("soon")]).toEqual([5_400_000, 500, 0, undefined, undefined]);
    expect(splitCharacterSets("abc:0-9\\:!:XYZ")).toEqual(["abc", "0-9:!", "XYZ"]);
  });
});

describe("the configuration folder", () => {
  it("the later file wins, and everything but .env files is left out", () => {
    const files = [{ name: "20.env", text: "A=2" }, { name: "10.env", text: "A=1\nB=1" }, { name: "99.txt", text: "A=9" }];
    expect(overlayFiles({ A: "0", C: "0" }, files)).toEqual({ A: "2", B: "1", C: "0" });
  });

  it("a key that disappears from the files keeps the value it was last given", () => {
    const files = [{ name: "a.env", text: "GOTRUE_DISABLE_SIGNUP=true" }];
    const folder = new ConfigDir({ GOTRUE_DISABLE_SIGNUP: "false" }, () => files);
    expect(folder.load().GOTRUE_DISABLE_SIGNUP).toBe("true");
    files[0] = { name: "a.env", text: "" };
    expect(folder.load().GOTRUE_DISABLE_SIGNUP).toBe("true");
  });

  it("a broken file changes nothing of what the others say", () => {
    const files = [{ name: "a.env", text: "A=1" }];
    const folder = new ConfigDir({}, () => files);
    folder.load();
    files.splice(0, 1, { name: "a.env", text: "A=2" }, { name: "b.env", text: "no assignment" });
    expect(() => folder.load()).toThrow("unexpected line");
    files.pop();
    files.splice(0, 1, { name: "a.env", text: "" });
    expect(folder.load().A).toBe("1");
  });

  it("values keep what their quotes protect", () => {
    const text = "A=plain # note\nexport B='single # kept'\nC=\"line\\nbreak\"\n# D=1\nE=";
    expect(parseEnvFile(text)).toEqual({ A: "plain", B: "single # kept", C: "line\nbreak", E: "" });
  });
});

describe("the command line", () => {
  it("takes a configuration folder in every form, and serves unless told to migrate only", () => {
    expect(readArguments(["--config-dir", "/etc/auth.d"])).toEqual({ command: "migrate-and-serve", configDir: "/etc/auth.d" });
    expect(readArguments(["serve", "-d=/x"])).toEqual({ command: "serve", configDir: "/x" });
    expect(readArguments(["migrate"]).command).toBe("migrate");
    expect(() => readArguments(["--config-dir"])).toThrow("needs an argument");
    expect(() => readArguments(["destroy"])).toThrow("unknown command");
  });
});
