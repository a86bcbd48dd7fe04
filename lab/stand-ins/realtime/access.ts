import { describeError } from "../serving/http";
import { Keyring, parseJwks, type JWTPayload } from "../serving/tokens";

export interface Environment {
  port: number;
  tenant: string;
  databaseUrl: string;
  tenantKeyring: Keyring;
  /** For the management interface: the shared secret alone. */
  apiKeyring: Keyring;
}

/** Reads the container's environment; throws with the variable's name where it cannot be used. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const need = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === "") throw new Error(`environment variable ${name} is missing`);
    return value;
  };
  const encryptionKey = need("DB_ENC_KEY");
  if (encryptionKey.length !== 16) throw new Error("DB_ENC_KEY must have 16 characters");
  if (need("SECRET_KEY_BASE").length < 64) throw new Error("SECRET_KEY_BASE must have at least 64 characters");
  need("METRICS_JWT_SECRET");
  const secret = need("API_JWT_SECRET");
  const url = new URL(`postgres://${need("DB_HOST")}:${env.DB_PORT ?? "5432"}`);
  url.username = need("DB_USER");
  url.password = env.DB_PASSWORD ?? "";
  url.pathname = `/${need("DB_NAME")}`;
  return {
    port: Number(env.PORT ?? "4000"),
    tenant: env.SELF_HOST_TENANT_NAME ?? "realtime-dev",
    databaseUrl: url.toString(),
    tenantKeyring: new Keyring({ secret, keys: parseJwks(env.API_JWT_JWKS) }),
    apiKeyring: new Keyring({ secret, keys: [] }),
  };
}

/** The tenant that a request is for: the first label of its Host header. */
export function tenantOfHost(host: string | undefined): string {
  return (host ?? "").split(":")[0]?.split(".")[0] ?? "";
}

export type Access = { claims: JWTPayload } | { reason: string };

/** The claims of a client's token, or the reason it is refused, as Realtime words it. */
export async function checkClientToken(keyring: Keyring, token: string): Promise<Access> {
  try {
    const claims = await keyring.verify(token);
    if (typeof claims.role !== "string") return { reason: "InvalidJWTToken: Fields `role` and `exp` are required in JWT" };
    return { claims };
  } catch (error) {
    const message = describeError(error);
    return { reason: /exp/.test(message) ? "InvalidJWTToken: Token has expired" : `JwtSignatureError: Failed to validate JWT signature (${message})` };
  }
}
