import { Keyring, parseJwks } from "../serving/tokens";

export interface StorageConfig {
  port: number;
  databaseUrl: string;
  keyring: Keyring;
  secret: string;
  sizeLimitBytes: number;
  /** Folder of this tenant's files. */
  root: string;
}

/** Reads the container's environment; throws with the variable's name where it cannot be used. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): StorageConfig {
  const need = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === "") throw new Error(`environment variable ${name} is missing`);
    return value;
  };
  const backend = env.STORAGE_BACKEND ?? "file";
  if (backend !== "file") throw new Error(`STORAGE_BACKEND=${backend}: the lab stand-in has the file backend only`);
  const secret = need("AUTH_JWT_SECRET");
  const sizeLimitBytes = Number(need("FILE_SIZE_LIMIT"));
  if (!Number.isSafeInteger(sizeLimitBytes) || sizeLimitBytes <= 0) throw new Error("FILE_SIZE_LIMIT must be a number of bytes");
  return {
    port: Number(env.SERVER_PORT ?? env.PORT ?? "5000"),
    databaseUrl: need("DATABASE_URL"),
    keyring: new Keyring({ secret, keys: parseJwks(env.JWT_JWKS) }),
    secret,
    sizeLimitBytes,
    root: `${need("FILE_STORAGE_BACKEND_PATH")}/${env.GLOBAL_S3_BUCKET ?? "stub"}/${env.TENANT_ID ?? "stub"}`,
  };
}
