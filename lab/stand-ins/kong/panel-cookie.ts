import { PANEL_COOKIE_PREFIXES } from "@/lib/gateway/envoy-lua";

/** Whether a `name=value` is a cookie of the panel's. */
export const isPanelCookie = (pair: string) => PANEL_COOKIE_PREFIXES.some((prefix) => pair.trimStart().startsWith(prefix));
