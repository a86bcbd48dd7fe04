import { takesStudiosPages } from "@/lib/gateway/edge-studio";
import type { GatewaySettings } from "@/lib/gateway/route-model";
import { defaultStudioSettings, type ProjectSettings } from "@/lib/stack/settings";
import { localUrl } from "../create-project";
import { toEdgeStudio } from "../edge/edge-studio";
import { toPorts } from "../settings-schema";
import type { StudioAddressKind, StudioAddressView } from "./studio-views";

type Row = {
  id: string;
  settingsJson: string;
  gatewayRevision: number | null;
  ports: readonly { purpose: string; port: number }[];
  domains: readonly { hostname: string; kind: string; state: string; isMain: boolean }[];
};

/** Every address at which Studio could answer, the best to open first. */
export function studioAddresses(row: Row, settings: ProjectSettings, { gateway, httpsPort }: { gateway: GatewaySettings; httpsPort: number }): StudioAddressView[] {
  const { isOnApiNames, isOnLocalAddress } = settings.studio ?? defaultStudioSettings;
  const ports = toPorts(row.ports);
  const isBehindEdge = ports.gatewayInner !== undefined;
  const edgeStudio = toEdgeStudio(row, settings, { gateway, door: null });
  const apiRoutes = edgeStudio === null ? [] : [...edgeStudio.apiRoutes, ...edgeStudio.ownApiRoutes];
  const hasStudio = settings.services.includes("studio");
  const isServed = { "own-name": true, "api-name": isOnApiNames, outside: isOnLocalAddress, local: isOnLocalAddress };
  const address = (kind: StudioAddressKind, url: string): StudioAddressView => ({ kind, url, isServed: hasStudio && isServed[kind], opensByTicket: hasStudio && isBehindEdge && isServed[kind] && (kind === "own-name" || !takesStudiosPages(apiRoutes)) });
  const local = localUrl(settings.bindAddress, ports.gateway);
  const names = isBehindEdge ? row.domains.filter(({ state }) => state === "open").sort((one, other) => Number(other.isMain) - Number(one.isMain)) : [];
  const urlOf = (hostname: string) => `https://${hostname}${httpsPort === 443 ? "" : `:${httpsPort}`}`;
  const isOutside = settings.publicUrl !== local && !names.some(({ hostname }) => hostname === new URL(settings.publicUrl).hostname);
  return [
    ...names.filter(({ kind }) => kind === "studio").map(({ hostname }) => address("own-name", urlOf(hostname))),
    ...names.filter(({ kind }) => kind !== "studio").map(({ hostname }) => address("api-name", urlOf(hostname))),
    ...(isOutside ? [address("outside", settings.publicUrl)] : []),
    address("local", local),
  ];
}
