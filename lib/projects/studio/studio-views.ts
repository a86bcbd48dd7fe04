import type { StudioSettings } from "@/lib/stack/settings";

/** Somebody who is in Studio without its password. */
export type StudioSessionView = { id: string; userId: string; name: string; email: string; isOwn: boolean; /** Address from which it was opened at the panel. */ ip: string | null; openedAt: string; lastSeenAt: string };

/** A user of Studio beside the first. */
export type StudioUserView = { username: string; createdAt: string; /** When its password was last changed. */ changedAt: string };

/** `own-name` a domain of the kind studio, `api-name` one of the API, `outside` the public URL where a proxy of one's own serves it, `local` address and port on the machine. */
export type StudioAddressKind = "own-name" | "api-name" | "outside" | "local";

export type StudioAddressView = { url: string; kind: StudioAddressKind; isServed: boolean; /** Whether the panel opens it without a password. */ opensByTicket: boolean };

export type StudioView = {
  ref: string;
  displayName: string;
  state: string;
  hasStudio: boolean;
  isBehindEdge: boolean;
  /** Why Studio cannot be opened without its password; null when it can. */
  whyClosed: string | null;
  /** The one that the panel opens first. */
  addresses: StudioAddressView[];
  sessions: StudioSessionView[];
  users: StudioUserView[];
  settings: StudioSettings;
  /** Networks that the dashboard's route is limited to on the Routes page; null: it is not. */
  routeNetworks: string[] | null;
  /** Operation that changes any of it at this moment. */
  openOperationId: string | null;
  mayOpen: boolean;
  mayChange: boolean;
  mayChangeUsers: boolean;
  mayReveal: boolean;
};
