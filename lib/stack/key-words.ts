import type { ServiceName } from "./desired";

/** What is said of keys before somebody changes them. */

export type ApiKeyKind = "publishable" | "secret" | "legacy-anon" | "legacy-service";

/** What each key is for and where it may be. */
export const apiKeyWords: Record<ApiKeyKind, { label: string; role: "anon" | "service_role"; use: string }> = {
  publishable: { label: "Publishable key", role: "anon", use: "For apps and web pages: may be public. Row level security decides what it reads." },
  secret: { label: "Secret key", role: "service_role", use: "For your own servers only: passes row level security and reads everything." },
  "legacy-anon": { label: "Legacy anon key", role: "anon", use: "As the publishable key, for apps that were built with it. A JWT, valid until the JWT secret changes." },
  "legacy-service": { label: "Legacy service_role key", role: "service_role", use: "As the secret key, for servers that were set up with it. A JWT, valid until the JWT secret changes." },
};

/** Upstream's own plan for the legacy keys. */
export const legacyKeysEnd = "Supabase retires the legacy keys at the end of 2026. Move apps and servers to the publishable and the secret key before then.";

const holders = {
  /** Each lists the services whose environment holds the value. */
  "opaque-key": ["functions", "studio"],
  legacy: ["functions", "studio"],
  jwt: ["db", "auth", "rest", "realtime", "storage", "functions", "studio", "supavisor"],
} as const satisfies Record<string, readonly ServiceName[]>;

/** Services of the project that are replaced by the act; the gateway takes keys while it runs and is never among them. */
export function replacedServices(act: keyof typeof holders, services: readonly ServiceName[]): ServiceName[] {
  const held: readonly ServiceName[] = holders[act];
  return services.filter((service) => held.includes(service));
}

/** What a new JWT secret ends, each in one sentence. With a new signing pair every session is among it. */
export function jwtRotationEnds(services: readonly ServiceName[], withSigningPair: boolean): string[] {
  const has = (service: ServiceName) => services.includes(service);
  return [
    "The legacy anon and service_role keys, in every app and server that holds one. New ones are made.",
    "Tokens that your own servers signed with the JWT secret.",
    ...(withSigningPair ? ["The access token of everyone who is signed in. An app that keeps its refresh token gets a new one; others must sign in again."] : []),
    ...(has("storage") ? ["Signed links to files in Storage."] : []),
    ...(has("realtime") ? ["Open Realtime sockets: clients connect again."] : []),
    "Open connections to the database, for the seconds in which it restarts.",
  ];
}

/** What stays as it is; null when nothing worth naming does. */
export function jwtRotationKeeps(withSigningPair: boolean): string {
  return withSigningPair ? "The publishable and the secret key stay valid." : "The publishable and the secret key stay valid, and so do sessions: they are signed with the asymmetric key.";
}
