import type { Act } from "@/components/act/act-result";

type Started = { operationId: string };

export type KeysActs = {
  rotate: Act<{ ref: string; kind: "publishable" | "secret"; overlapHours: number }, Started>;
  endOverlap: Act<{ ref: string; kind: "publishable" | "secret" }, Started>;
  switchLegacy: Act<{ ref: string; isOff: boolean; acknowledgesUse?: boolean }, Started>;
  rotateJwt: Act<{ ref: string; confirmName: string; withSigningPair?: boolean }, Started>;
  cancel: Act<{ operationId: string }, unknown>;
};
