import { beforeAll, describe, expect, test } from "vitest";
import { chainWarnings, coversName, readFacts, readPair, type PairProblems } from "./certificate-pair";
import { lockKey, makePair, type MadePair } from "./certificates.fixture";

const hostname = "api.example.com";
const dayMs = 24 * 3_600_000;
const later = (days: number) => new Date(Date.now() + days * dayMs);

let [root, middle, leaf, alone]: MadePair[] = [];
beforeAll(async () => {
  root = await makePair({ isAuthority: true, commonName: "Root" });
  middle = await makePair({ isAuthority: true, commonName: "Middle", by: root });
  leaf = await makePair({ names: [hostname, "www.example.com"], by: middle });
  alone = await makePair({ names: ["*.example.com"] });
});

const pemOf = (...pairs: (MadePair | undefined)[]) => pairs.map((pair) => pair?.certificatePem ?? "").join("");
const read = (certificatePem: string, keyPem = leaf?.keyPem ?? "", now = later(1), name = hostname) => readPair({ certificatePem, keyPem }, name, now);
const problemsOf = (...args: Parameters<typeof read>): PairProblems => {
  const result = read(...args);
  return result.ok ? {} : result.problems;
};

describe("a certificate with its key", () => {
  test("in order is taken, with the chain alone kept and its names, issuer and end told", () => {
    const result = read(`# a comment\n${pemOf(leaf, middle)}`);
    expect(result).toMatchObject({ ok: true, facts: { names: [hostname, "www.example.com"], issuer: "Middle" } });
    expect(result.ok && [result.certificatePem.startsWith("-----BEGIN CERTIFICATE-----"), result.certificatePem.match(/BEGIN CERTIFICATE/g)?.length, result.keyPem.startsWith("-----BEGIN PRIVATE KEY-----")]).toEqual([true, 2, true]);
    expect(readFacts(pemOf(leaf, middle))?.issuer).toBe("Middle");
  });

  test("of another pair is refused at the key", () => {
    expect(problemsOf(pemOf(leaf, middle), alone?.keyPem)).toEqual({ keyPem: expect.stringContaining("does not belong to the certificate") });
  });

  test("a locked key is refused with the command that opens it; a certificate in its place, and nonsense, are told apart", async () => {
    expect(problemsOf(pemOf(leaf), leaf === undefined ? "" : await lockKey(leaf)).keyPem).toContain("openssl pkey -in");
    expect(problemsOf(pemOf(leaf), pemOf(leaf)).keyPem).toContain("This is a certificate");
    expect(problemsOf(pemOf(leaf), "nonsense").keyPem).toContain("no private key in PEM form");
    expect(problemsOf(pemOf(leaf), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----").keyPem).toContain("cut off or changed");
  });

  test("both are judged: two problems are told at once", () => {
    expect(Object.keys(problemsOf("", "")).sort()).toEqual(["certificatePem", "keyPem"]);
  });
});

describe("the chain", () => {
  test("in the wrong order is refused, saying which certificate belongs where", () => {
    const { certificatePem } = problemsOf(pemOf(leaf, root, middle));
    expect(certificatePem).toContain("Certificate 2 (Root) did not issue certificate 1 (test)");
    expect(certificatePem).toContain("Certificate 3 did: put it there.");
    expect(problemsOf(pemOf(middle, leaf)).certificatePem).toContain("Put the certificate of api.example.com first");
    expect(problemsOf(pemOf(leaf, alone)).certificatePem).toContain("Leave out what does not belong");
  });

  test("cut off, empty, or with a key among it is refused", () => {
    expect(problemsOf(pemOf(leaf).slice(0, 300)).certificatePem).toContain("no certificate in PEM form");
    expect(problemsOf(pemOf(leaf).replace(/[A-Za-z]{20}/, "")).certificatePem).toContain("cannot be read");
    expect(problemsOf(pemOf(leaf) + (leaf?.keyPem ?? "")).certificatePem).toContain("private key stands among");
  });

  test("that ends at a root nobody knows is taken with a warning, and so is one that signs itself", () => {
    expect(chainWarnings(pemOf(leaf, middle))[0]).toContain("An authority between may be missing");
    expect(chainWarnings(pemOf(leaf, middle, root))[0]).toContain("browsers do not know");
    expect(chainWarnings(pemOf(alone))[0]).toContain("signed by itself");
  });
});

describe("names and time", () => {
  test("one that has ended, or has not begun, is refused with the day", () => {
    expect(problemsOf(pemOf(leaf), undefined, later(91)).certificatePem).toMatch(/ended on \d{4}-\d\d-\d\d/);
    expect(problemsOf(pemOf(leaf), undefined, later(-2)).certificatePem).toMatch(/not valid before \d{4}-\d\d-\d\d/);
  });

  test("one for other names is refused with the names that it has", () => {
    expect(problemsOf(pemOf(leaf), undefined, undefined, "shop.example.com").certificatePem).toContain("is for api.example.com, www.example.com, not for shop.example.com");
  });

  test("one for another name is refused for its name first, also where it signed itself and may sign others, as OpenSSL makes it", async () => {
    const own = await makePair({ names: ["other.lan"], isAuthority: true, commonName: "other.lan" });
    expect(problemsOf(own.certificatePem, own.keyPem, later(91)).certificatePem).toContain("is for other.lan, not for api.example.com");
    const nameless = await makePair({ isAuthority: true, commonName: hostname });
    expect(problemsOf(nameless.certificatePem, nameless.keyPem).certificatePem).toContain("is for no name, not for api.example.com");
    expect(read(own.certificatePem, own.keyPem, undefined, "other.lan").ok).toBe(true);
  });

  test("a wildcard stands for one label, and a wildcard is asked for by its own name", () => {
    expect(read(pemOf(alone), alone?.keyPem, undefined, "shop.example.com").ok).toBe(true);
    expect([coversName(["*.example.com"], "a.b.example.com"), coversName(["*.example.com"], "example.com"), coversName(["*.example.com"], "*.example.com"), coversName(["a.example.com"], "*.example.com")]).toEqual([false, false, true, false]);
  });
});

describe("strength", () => {
  test.each([["rsa-weak", "RSA with 1024 bits"], ["ec-odd", "curve secp256k1"], ["ed25519", "of the kind ed25519"]] as const)("a key of the kind %s is refused, as browsers refuse it", async (key, words) => {
    const weak = await makePair({ names: [hostname], key });
    expect(problemsOf(weak.certificatePem, weak.keyPem).certificatePem).toContain(words);
  });

  test("a signature by SHA-1 is refused", async () => {
    const weak = await makePair({ names: [hostname], digest: "sha1" });
    expect(problemsOf(weak.certificatePem, weak.keyPem).certificatePem).toContain("SHA-1");
  });
});
