import type { ServiceName } from "@/lib/stack/desired";
import type { StudioAddressView } from "./studio-views";

type Asked = { ref: string; services: readonly ServiceName[]; isBehindEdge: boolean; addresses: readonly StudioAddressView[] };

/** Why the panel cannot open Studio without its password; null when it can. */
export function whyClosed({ ref, services, isBehindEdge, addresses }: Asked): { code: "no-studio" | "no-edge" | "no-address"; sentence: string } | null {
  if (!services.includes("studio")) return { code: "no-studio", sentence: `${ref} runs without Studio.` };
  if (!isBehindEdge) return { code: "no-edge", sentence: "Without the edge in front of this project its gateway asks for Studio's password. Turn the edge on under Settings to open it from here without one." };
  if (addresses.some(({ opensByTicket }) => opensByTicket)) return null;
  return { code: "no-address", sentence: "Studio answers at no address where the panel can open it: it is switched off where the API is, or an own route takes the pages of Studio there. Give it a name of its own under Domains." };
}
