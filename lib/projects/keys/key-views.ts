import type { ApiKeyKind } from "@/lib/stack/key-words";
import type { ServiceName } from "@/lib/stack/desired";
import type { KeySettings } from "@/lib/stack/settings";

/** Who still sends a legacy key, on which route, within the last 7 days. Never holds a key. */
export type KeyCallerView = { routeId: string; /** Path of the route; null when it is not there any more. */ path: string | null; network: string; userAgent: string; requests: number; lastAt: string };

export type KeyUsesView = { requestsLastDay: number; requestsLastWeek: number; /** The 50 that send it most. */ callers: KeyCallerView[] };

export type ApiKeyView = {
  kind: ApiKeyKind;
  /** Name under which it can be revealed. */
  secret: "publishableKey" | "secretKey" | "anonKey" | "serviceRoleKey";
  label: string;
  role: "anon" | "service_role";
  /** For whom it is and where it may be, in words. */
  use: string;
  isValid: boolean;
  /** null for a project whose keys are not made yet. */
  madeAt: string | null;
  /** The key before it, while that is valid too. `endsAt` null: until somebody ends it. */
  previous: { replacedAt: string; endsAt: string | null } | null;
  /** null for keys that are not counted. */
  uses: KeyUsesView | null;
};

/** All that the keys page shows; holds no key. */
export type KeysView = {
  ref: string;
  displayName: string;
  state: string;
  services: ServiceName[];
  keys: ApiKeyView[];
  legacy: KeySettings["legacy"];
  jwtSecretMadeAt: string | null;
  signingPairMadeAt: string | null;
  /** Operation that changes keys at this moment. */
  openOperationId: string | null;
  mayRotate: boolean;
  mayReveal: boolean;
};
