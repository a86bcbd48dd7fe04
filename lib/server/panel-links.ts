import { panelOrigin } from "@/lib/gateway/edge-panel";
import { readEdgeSetting } from "@/lib/projects/edge/edge-setting";
import { webConfig } from "./web-config";
import type { WebContext } from "./web-context";

/** The address that links to the panel are built from: its own name where the edge serves one, since that is what others can open. */
export async function linkBase({ store }: Pick<WebContext, "store">): Promise<string> {
  const { isOn, panelHost, httpsPort } = await readEdgeSetting(store.db);
  return isOn && panelHost !== null ? panelOrigin(panelHost, httpsPort) : webConfig().url.href;
}
