import type { Act } from "@/components/act/act-result";

/** As `EdgeView` of lib/projects has it. */
export type EdgeSettings = {
  acme: { directoryUrl: string; stagingDirectoryUrl: string | null; email: string | null; caRootPem: string | null } | null;
  httpPort: number;
  httpsPort: number;
  publicAddresses: string[];
  trustedProxies: string[];
  panelHost: { hostname: string; tls: "acme" | "internal" | "none"; redirectsHttp: boolean; hstsSeconds: number | null } | null;
};

export type EditEdgeInput = Partial<Omit<EdgeSettings, "panelHost">> & { panelHost?: { hostname: string; tls: "acme" | "internal" | "none"; redirectsHttp: boolean; hstsSeconds: number | null } | null };
export type EditEdgeAct = Act<EditEdgeInput, { operationId: string | null }>;

export type EdgeSectionProps = { settings: EdgeSettings; edit: EditEdgeAct; /** Why nothing can be changed now; null when it can. */ whyNot: string | null };
