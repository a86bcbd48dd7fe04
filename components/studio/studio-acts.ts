import type { Act } from "@/components/act/act-result";

type Started = { operationId: string };

/** What the Studio page does. */
export type StudioActs = {
  open: Act<{ ref: string; path?: string }, { url: string; redeemBy: string }>;
  endSessions: Act<{ ref: string; sessionId?: string }, { count: number }>;
  changeSettings: Act<{ ref: string; allowedNetworks?: string[] | null; isOnApiNames?: boolean; isOnLocalAddress?: boolean }, Started>;
  addUser: Act<{ ref: string; username: string; password?: string }, Started>;
  changeUser: Act<{ ref: string; username: string; password?: string }, Started>;
  removeUser: Act<{ ref: string; username: string }, Started>;
  renewFirst: Act<{ ref: string }, Started>;
  revealUser: Act<{ ref: string; username: string }, { password: string }>;
};
