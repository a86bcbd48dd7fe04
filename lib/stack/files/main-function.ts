/**
 * The main service of edge-runtime: takes the first path segment as the function's name and hands the request to a worker of
 * its own. Contract as upstream's: \`VERIFY_JWT\` checks tokens for all functions, OPTIONS passes, no name is a 400.
 * Differs on purpose: a function sees neither the JWT secret nor the symmetric key of the JWKS, and nothing is fetched from
 * the network at start.
 */
export const mainFunction = `const userFolder = "/home/deno/functions";
const bundledFolder = "/home/deno/basehold";
const memoryLimitMb = 150;
const workerTimeoutMs = 60_000;
const namePattern = /^[A-Za-z0-9_-]+$/;

type Jwk = JsonWebKey & { kid?: string };

const mustVerify = Deno.env.get("VERIFY_JWT") === "true";
const jwtSecret = Deno.env.get("JWT_SECRET") ?? "";
const jwks: Jwk[] = readJwks();

function readJwks(): Jwk[] {
  try {
    return JSON.parse(Deno.env.get("SUPABASE_JWKS") ?? "{}").keys ?? [];
  } catch {
    return [];
  }
}

function fromBase64Url(text: string): Uint8Array {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

const readPart = (text: string) => JSON.parse(new TextDecoder().decode(fromBase64Url(text)));

const algorithms: Record<string, { import: HmacImportParams | EcKeyImportParams | RsaHashedImportParams; verify: AlgorithmIdentifier | EcdsaParams }> = {
  HS256: { import: { name: "HMAC", hash: "SHA-256" }, verify: "HMAC" },
  ES256: { import: { name: "ECDSA", namedCurve: "P-256" }, verify: { name: "ECDSA", hash: "SHA-256" } },
  RS256: { import: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, verify: "RSASSA-PKCS1-v1_5" },
};

async function findKey(header: { alg: string; kid?: string }): Promise<CryptoKey | undefined> {
  const algorithm = algorithms[header.alg];
  if (algorithm === undefined) return undefined;
  if (header.alg === "HS256") return crypto.subtle.importKey("raw", new TextEncoder().encode(jwtSecret), algorithm.import, false, ["verify"]);
  const kty = header.alg === "ES256" ? "EC" : "RSA";
  const jwk = jwks.find((key) => key.kty === kty && (header.kid === undefined || key.kid === header.kid));
  return jwk === undefined ? undefined : crypto.subtle.importKey("jwk", jwk, algorithm.import, false, ["verify"]);
}

async function isValidToken(token: string): Promise<boolean> {
  try {
    const [head, body, signature, ...rest] = token.split(".");
    if (head === undefined || body === undefined || signature === undefined || rest.length > 0) return false;
    const header = readPart(head);
    const key = await findKey(header);
    if (key === undefined) return false;
    const isSigned = await crypto.subtle.verify(algorithms[header.alg].verify, key, fromBase64Url(signature), new TextEncoder().encode(head + "." + body));
    const claims = readPart(body);
    return isSigned && (typeof claims.exp !== "number" || claims.exp > Date.now() / 1000);
  } catch {
    return false;
  }
}

function answer(status: number, msg: string): Response {
  return Response.json({ msg }, { status });
}

async function exists(folder: string): Promise<boolean> {
  return await Deno.stat(folder).then((info) => info.isDirectory, () => false);
}

async function findFunction(name: string): Promise<string | undefined> {
  if (await exists(userFolder + "/" + name)) return userFolder + "/" + name;
  return (await exists(bundledFolder + "/" + name)) ? bundledFolder + "/" + name : undefined;
}

function functionEnvironment(): [string, string][] {
  const hidden = new Set(["JWT_SECRET", "SUPABASE_JWKS"]);
  const shared = Object.entries(Deno.env.toObject()).filter(([name]) => !hidden.has(name));
  return [...shared, ["SUPABASE_JWKS", JSON.stringify({ keys: jwks.filter((key) => key.kty !== "oct") })]];
}

async function isAllowed(request: Request): Promise<boolean> {
  if (!mustVerify || request.method === "OPTIONS") return true;
  const [scheme, token] = (request.headers.get("authorization") ?? "").split(" ");
  return scheme === "Bearer" && token !== undefined && (await isValidToken(token));
}

Deno.serve(async (request: Request) => {
  const name = new URL(request.url).pathname.split("/")[1] ?? "";
  if (name === "") return answer(400, "missing function name in request");
  if (!(await isAllowed(request))) return answer(401, "Invalid JWT");
  const servicePath = namePattern.test(name) && name !== "main" ? await findFunction(name) : undefined;
  if (servicePath === undefined) return answer(404, "Function not found");
  try {
    // deno-lint-ignore no-explicit-any
    const worker = await (globalThis as any).EdgeRuntime.userWorkers.create({
      servicePath,
      memoryLimitMb,
      workerTimeoutMs,
      noModuleCache: false,
      importMapPath: null,
      envVars: functionEnvironment(),
    });
    return await worker.fetch(request);
  } catch (error) {
    console.error(error);
    return answer(500, error instanceof Error ? error.message : String(error));
  }
});
`;
