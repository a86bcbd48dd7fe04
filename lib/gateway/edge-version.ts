import { canonicalJson } from "@/lib/stack/spec-hash";
import { fingerprint } from "./htpasswd";

type Versioned = { document: unknown; liveFiles: Readonly<Record<string, string>> };

/** Version of what is rendered, whatever the order of its fields: Caddy saves them sorted. Equal to `EdgeInForce.version` once it is in force. */
export function edgeVersion({ document, liveFiles }: Versioned): string {
  return fingerprint(canonicalJson({ document, liveFiles }));
}

type Servers = { apps?: { http?: { servers?: Record<string, { listen?: string[] }> } } };

/** Addresses on which a document listens (`127.0.0.1:8001`, `:443`), sorted; none for what is no document. */
export function listenersOf(document: unknown): string[] {
  const servers = (document as Servers | null | undefined)?.apps?.http?.servers ?? {};
  return [...new Set(Object.values(servers).flatMap(({ listen = [] }) => listen))].sort();
}
