import type { ServiceName } from "@/lib/stack/desired";
import type { Act } from "@/components/act/act-result";

/** What the edit verb takes; every section sends its own part. */
export type EditInput = {
  ref: string;
  displayName?: string;
  services?: ServiceName[];
  bindAddress?: string;
  gatewayPort?: string;
  poolerSessionPort?: string;
  poolerTransactionPort?: string;
  isDirectDatabasePortOpen?: boolean;
  databasePort?: string;
  publicUrl?: string | null;
  siteUrl?: string;
  redirectUrls?: string[];
  smtp?: { host: string; port: string; user: string; senderEmail: string; senderName: string } | null;
  smtpPassword?: string;
  driftPolicy?: "report" | "enforce";
};

export type EditAct = Act<EditInput, { operationId: string | null }>;
