import { edgePanelUrl } from "./client-address";
import { webConfig } from "./web-config";

/** The panel's address under which somebody asks. */
export type RequestAddress = {
  url: URL;
  /** Whether cookies are for HTTPS alone. */
  isSecure: boolean;
  /** Whether the edge passed it on: then HSTS is the edge's to say. */
  isThroughEdge: boolean;
};

/**
 * Of the panel's two addresses the one by which this request came: its own name at the edge, when the edge says so and proves that it is
 * the edge, and BASEHOLD_URL for everything else. The Host header has no say.
 */
export function requestAddress(headers: Pick<Headers, "get">): RequestAddress {
  const ofEdge = edgePanelUrl(headers);
  if (ofEdge === null) return { url: webConfig().url, isSecure: webConfig().isSecure, isThroughEdge: false };
  return { url: new URL(ofEdge), isSecure: ofEdge.startsWith("https:"), isThroughEdge: true };
}
