import type { ServiceName } from "@/lib/stack/desired";
import type { ProjectSettings } from "@/lib/stack/settings";

export type SettingName =
  | "displayName"
  | "siteUrl"
  | "redirectUrls"
  | "smtp"
  | "bindAddress"
  | "publicUrl"
  | "gatewayPort"
  | "poolerSessionPort"
  | "poolerTransactionPort"
  | "isDirectDatabasePortOpen"
  | "databasePort";

const services: Record<SettingName, readonly ServiceName[]> = {
  displayName: [],
  siteUrl: ["auth"],
  redirectUrls: ["auth"],
  smtp: ["auth"],
  bindAddress: ["api-gw", "supavisor"],
  publicUrl: ["auth", "storage", "functions", "studio"],
  gatewayPort: ["api-gw"],
  poolerSessionPort: ["supavisor"],
  poolerTransactionPort: ["supavisor"],
  isDirectDatabasePortOpen: ["db"],
  databasePort: ["db"],
};

type Before = Pick<ProjectSettings, "services" | "publicUrl" | "isDirectDatabasePortOpen">;

/** Services that a change of these settings replaces, in the project's order. A test holds it to what the stack does. */
export function restartsAfter(changed: readonly SettingName[], before: Before): ServiceName[] {
  const found = new Set<ServiceName>(changed.flatMap((name) => services[name]));
  const isMoved = changed.includes("bindAddress") || changed.includes("gatewayPort");
  // An address that is not a name of its own follows the address and port, and everything that is told of it restarts.
  if (isMoved && /^http:\/\/\d+\.\d+\.\d+\.\d+(:\d+)?$/.test(before.publicUrl)) for (const name of services.publicUrl) found.add(name);
  if (changed.includes("bindAddress") && before.isDirectDatabasePortOpen) found.add("db");
  return before.services.filter((name) => found.has(name));
}

/** Services whose container is told whether another one runs. */
const toldOf: Partial<Record<ServiceName, readonly ServiceName[]>> = { imgproxy: ["storage"] };

/** Services that are replaced when others come or go beside them, in the project's order. A test holds it to what the stack does. */
export function restartsWithServices(before: readonly ServiceName[], after: readonly ServiceName[]): ServiceName[] {
  const changed = [...before.filter((name) => !after.includes(name)), ...after.filter((name) => !before.includes(name))];
  const told = new Set(changed.flatMap((name) => toldOf[name] ?? []));
  return before.filter((name) => after.includes(name) && told.has(name));
}

/** "auth restarts: …", said before saving. */
export function restartSentence(names: readonly string[]): string {
  if (names.length === 0) return "Nothing restarts.";
  if (names.length === 1) return `${names[0]} restarts: requests to it wait or fail for a few seconds. Data stays, and a change that fails is taken back.`;
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)} restart: requests to them wait or fail for a few seconds. Data stays, and a change that fails is taken back.`;
}
