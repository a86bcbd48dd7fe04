import type { EdgePanel } from "./edge-input";

/** What the edge tells the panel of each request that it passes on. Nobody else is believed: without the proof the panel throws all of it away. */
export const edgeProofHeader = "x-basehold-edge";
/** Who is at the other end, as the edge sees it. */
export const edgeClientHeader = "x-basehold-client-address";
/** Project for whose Studio the edge asks whether a request may pass. */
export const edgeProjectHeader = "x-basehold-project";
/** Origin under which browsers reach the panel through the edge. */
export const edgePanelUrlHeader = "x-basehold-panel-url";

/**
 * Origin of the panel under its own name, without a slash at the end. Without TLS at the edge a proxy in front ends it: browsers use HTTPS
 * on its usual port, and a password never crosses the network in plain text.
 */
export function panelOrigin({ hostname, tls }: { hostname: string; tls: string }, httpsPort: number): string {
  return tls === "none" || httpsPort === 443 ? `https://${hostname}` : `https://${hostname}:${String(httpsPort)}`;
}

/** Headers that the edge sets on what it passes to the panel. The braces are Caddy's placeholder for the client that its trusted proxies name. */
export function panelRequestHeaders({ hostname, tls, proof }: EdgePanel, httpsPort: number): Record<string, string[]> {
  return {
    "X-Basehold-Edge": [proof],
    "X-Basehold-Client-Address": ["{http.vars.client_ip}"],
    "X-Basehold-Panel-Url": [panelOrigin({ hostname, tls: tls.kind }, httpsPort)],
  };
}
