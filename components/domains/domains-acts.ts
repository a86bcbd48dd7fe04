import type { Act } from "@/components/act/act-result";
import type { DomainCheckView, DomainPreview } from "@/lib/projects/views";

type Named = { ref: string; hostname: string };

export type AddDomainInput = Named & { kind: "api" | "studio"; tls: "acme" | "uploaded" | "internal"; redirectsHttp: boolean; hstsSeconds: number | null; certificatePem?: string; keyPem?: string };

export type DomainsActs = {
  add: Act<AddDomainInput, { hostname: string }>;
  check: Act<Named, DomainCheckView>;
  preview: Act<Named & { act: "attach" | "remove"; isMain?: boolean }, DomainPreview>;
  attach: Act<Named & { isMain?: boolean }, { operationId: string }>;
  change: Act<Named & { redirectsHttp?: boolean; hstsSeconds?: number | null }, unknown>;
  replace: Act<Named & { certificatePem: string; keyPem: string }, unknown>;
  remove: Act<Named, unknown>;
  /** Root of the edge's own authority. */
  root: Act<{ ref: string }, { pem: string | null }>;
};
