import type { EnginePort } from "@/lib/engine/port";
import type { DoorTools } from "@/lib/projects/doors/list-doors";
import type { WorkflowTools } from "@/lib/projects/workflows/tools";
import type { ExportsFolder } from "../exports-folder";
import type { GatewayTraffic } from "../gateway-traffic";
import type { UsageRecorder } from "../usage";

/** What the routes of the worker's socket reach. */
export type SocketTools = WorkflowTools & Pick<DoorTools, "hostAddresses" | "probeDoors"> & {
  engine: EnginePort;
  usage: Pick<UsageRecorder, "seriesOf">;
  traffic: Pick<GatewayTraffic, "numbersOf">;
  exports: Pick<ExportsFolder, "find">;
  /** Text of the key file as it is now. */
  recoveryKit(): string;
};
