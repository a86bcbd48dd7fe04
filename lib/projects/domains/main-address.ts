import { z } from "zod";
import type { GatewayKind } from "@/lib/gateway/contract";
import type { ServiceName, StackServiceName } from "@/lib/stack/desired";
import type { ProjectSettings } from "@/lib/stack/settings";
import type { SettingChange } from "./domain-views";

/** Settings that hold the public address of a project. */
export type AddressSettings = Pick<ProjectSettings, "publicUrl" | "siteUrl" | "redirectUrls">;

/** What a domain replaced when it became the main one, as `Domain.replacedJson` keeps it. */
export const replacedSchema = z.object({
  /** `before` null: the project's own address, whatever that is by then. */
  publicUrl: z.object({ before: z.string().nullable(), after: z.string() }),
  /** null: it did not lie under the address before. */
  siteUrl: z.object({ before: z.string(), after: z.string() }).nullable(),
  /** Entries that were added, one for each that lay under the address before. */
  addedRedirectUrls: z.array(z.string()),
  /** The main domain before. */
  previousMainId: z.string().nullable(),
});
export type Replaced = z.infer<typeof replacedSchema>;

export const parseReplaced = (json: string | null): Replaced | null => (json === null ? null : replacedSchema.parse(JSON.parse(json)));

/** What follows the base address in a URL that lies under it; null for one that does not. */
function restUnder(url: string, base: string): string | null {
  if (url === base) return "";
  const rest = url.startsWith(base) ? url.slice(base.length) : "";
  return /^[/?#]/.test(rest) ? rest : null;
}

/**
 * The settings with `url` as the public address, and what has to be known to go back. The site URL and the redirect list follow where
 * they name the address before; old redirect entries stay, so that who is in the middle of signing in is not lost. Nothing else is added
 * to the list: an address that serves people's uploads must not be a place to which sign-ins are sent.
 */
export function becomeMain(settings: AddressSettings, options: { url: string; localUrl: string; previousMainId: string | null }): { settings: AddressSettings; replaced: Replaced } {
  const { url, localUrl, previousMainId } = options;
  const moved = (text: string) => {
    const rest = restUnder(text, settings.publicUrl);
    return rest === null ? null : url + rest;
  };
  const siteUrl = moved(settings.siteUrl);
  const added = [...new Set(settings.redirectUrls.map(moved).filter((entry) => entry !== null))].filter((entry) => !settings.redirectUrls.includes(entry));
  return {
    settings: { publicUrl: url, siteUrl: siteUrl ?? settings.siteUrl, redirectUrls: [...settings.redirectUrls, ...added] },
    replaced: {
      publicUrl: { before: settings.publicUrl === localUrl ? null : settings.publicUrl, after: url },
      siteUrl: siteUrl === null || siteUrl === settings.siteUrl ? null : { before: settings.siteUrl, after: siteUrl },
      addedRedirectUrls: added,
      previousMainId,
    },
  };
}

/** The settings without what the domain put there. What somebody changed since is theirs and stays. */
export function leaveMain(settings: AddressSettings, replaced: Replaced, localUrl: string): AddressSettings {
  const { publicUrl, siteUrl, addedRedirectUrls } = replaced;
  return {
    publicUrl: settings.publicUrl === publicUrl.after ? (publicUrl.before ?? localUrl) : settings.publicUrl,
    siteUrl: siteUrl !== null && settings.siteUrl === siteUrl.after ? siteUrl.before : settings.siteUrl,
    redirectUrls: settings.redirectUrls.filter((entry) => !addedRedirectUrls.includes(entry)),
  };
}

/** What a later main domain replaced, once an earlier one is gone: it must not bring that one's address back. */
export function withoutEarlier(later: Replaced, earlier: Replaced, earlierId: string): Replaced {
  const isFromEarlier = later.publicUrl.before === earlier.publicUrl.after;
  const isSiteFromEarlier = later.siteUrl !== null && later.siteUrl.before === earlier.siteUrl?.after;
  return {
    ...later,
    publicUrl: isFromEarlier ? { ...later.publicUrl, before: earlier.publicUrl.before } : later.publicUrl,
    siteUrl: later.siteUrl !== null && isSiteFromEarlier && earlier.siteUrl !== null ? { ...later.siteUrl, before: earlier.siteUrl.before } : later.siteUrl,
    previousMainId: later.previousMainId === earlierId ? earlier.previousMainId : later.previousMainId,
  };
}

/** Services whose environment holds the public address; a test holds this to the stacks that are built. */
const readersOfPublicUrl: readonly ServiceName[] = ["auth", "storage", "functions", "studio"];

/** Kong is told which port browsers use. */
const portOf = (url: string) => new URL(url).port || (url.startsWith("https:") ? "443" : "80");

/** Services of the project that are replaced when its settings change from one to the other. `gateways`: those that run. */
export function restartedBy(before: AddressSettings, after: AddressSettings, { services, gateways }: { services: readonly ServiceName[]; gateways: readonly GatewayKind[] }): StackServiceName[] {
  if (before.publicUrl !== after.publicUrl) {
    const isPortChanged = portOf(before.publicUrl) !== portOf(after.publicUrl);
    return [...services.filter((name) => readersOfPublicUrl.includes(name)), ...(isPortChanged && gateways.includes("kong") ? ["kong" as const] : [])];
  }
  const isAuthChanged = before.siteUrl !== after.siteUrl || before.redirectUrls.join() !== after.redirectUrls.join();
  return services.filter((name) => name === "auth" && isAuthChanged);
}

const told = (urls: readonly string[]) => (urls.length === 0 ? "none" : urls.join(", "));
const onlyChanged = (changes: readonly SettingChange[]) => changes.filter(({ before, after }) => before !== after);

/** What changes, in the words of the settings page. */
export function settingChanges(before: AddressSettings, after: AddressSettings): SettingChange[] {
  return onlyChanged([
    { name: "Public URL", before: before.publicUrl, after: after.publicUrl },
    { name: "Site URL", before: before.siteUrl, after: after.siteUrl },
    { name: "Redirect URLs", before: told(before.redirectUrls), after: told(after.redirectUrls) },
  ]);
}

/** The same as the variables that upstream's services are given. */
export function variableChanges(before: AddressSettings, after: AddressSettings): SettingChange[] {
  return onlyChanged([
    { name: "SUPABASE_PUBLIC_URL", before: before.publicUrl, after: after.publicUrl },
    { name: "API_EXTERNAL_URL", before: `${before.publicUrl}/auth/v1`, after: `${after.publicUrl}/auth/v1` },
    { name: "SITE_URL", before: before.siteUrl, after: after.siteUrl },
    { name: "ADDITIONAL_REDIRECT_URLS", before: told(before.redirectUrls), after: told(after.redirectUrls) },
  ]);
}
