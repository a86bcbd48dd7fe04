import type { GatewayKind } from "@/lib/gateway/contract";
import type { EquivalenceReport } from "@/lib/gateway/equivalence";
import type { GatewayChange, GatewayWarning } from "@/lib/gateway/diff";
import type { ImportedKong } from "@/lib/gateway/import-kong";
import type { GatewaySettings } from "@/lib/gateway/route-model";
import type { GatewayOptions } from "@/lib/gateway/routes";

export type GatewayRevisionState = "applying" | "in-force" | "superseded" | "failed";

/** One kept version of a project's gateway settings. */
export type GatewayRevisionView = {
  number: number;
  state: GatewayRevisionState;
  /** What it changed against the one before, in words. */
  summary: string[];
  cause: string | null;
  authorName: string;
  operationId: string | null;
  createdAt: string;
  appliedAt: string | null;
  /** Why it was taken back, with the requests that failed. */
  failure: { sentence: string; evidence: string[] } | null;
};

export type GatewayDraftView = {
  version: string;
  settings: GatewaySettings;
  cause: string | null;
  editorName: string;
  editedAt: string;
  /** Another revision came into force since it was begun; applying it takes that one's changes back where both differ. */
  isBehind: boolean;
  changes: GatewayChange[];
  /** Those that what is in force does not have. */
  warnings: GatewayWarning[];
};

/** All that the routes page shows of a project, but for numbers that change by the second. */
export type GatewayView = {
  ref: string;
  /** null: the release's own routes and nothing else. */
  revision: number | null;
  settings: GatewaySettings;
  options: GatewayOptions & { publicUrl: string; isLegacyOff?: boolean };
  /** From where requests of the engine's own machine arrive, as the gateway's lists of addresses see it: the project's bridge, or loopback behind the edge. null before the project has a network. */
  machineAddress: string | null;
  draft: GatewayDraftView | null;
  /** Newest first, the last 50. */
  revisions: GatewayRevisionView[];
  /** Operation that applies a revision at this moment. */
  openOperationId: string | null;
  mayEdit: boolean;
  mayOpenNetworks: boolean;
};

/** Who used the opened MCP endpoint within the last 7 days. Networks and not addresses; never a key. */
export type McpUsesView = { /** The gateway that serves tells it. */ isCounted: boolean; requestsLastDay: number; requestsLastWeek: number; /** Of others, whom it kept out while it was open. */ refusedLastDay: number; refusedLastWeek: number; /** The latest 50. */ callers: { network: string; userAgent: string; requests: number; lastAt: string }[] };

/** What a pasted kong.yml comes to in a project. Nothing of it is kept before it is saved as the draft. */
export type KongImportView = ImportedKong & {
  /** Ids of routes in `ownRoutes` that the draft, or what is in force, has already. */
  alreadyThere: string[];
  /** The draft, or what is in force where there is none, with everything of the file in it: what saving it as the draft takes. */
  settings: GatewaySettings;
  /** Of the draft that it was added to; null: there was none. */
  version: string | null;
  /** What it adds to that, in words. */
  changes: GatewayChange[];
  warnings: GatewayWarning[];
};

/** What a switch of a project's gateway would mean, before it is asked for. */
export type GatewaySwitchView = {
  serving: GatewayKind;
  /** The release's own. */
  usual: GatewayKind;
  /** The gateway that does not serve. `until`: when a kept one ends, ISO 8601. */
  beside: { kind: GatewayKind; state: "candidate" | "kept"; until: string | null } | null;
  ref: string;
  to: GatewayKind;
  report: EquivalenceReport;
  /** false: no edge stands in front, so nothing answers while the two exchange the project's address. */
  keepsSockets: boolean;
  keptHours: number;
  /** The operation that switches, or ends the kept gateway, at this moment. */
  openOperationId: string | null;
  /** Why it cannot be asked for now; null when it can. */
  whyNot: string | null;
  maySwitch: boolean;
};
