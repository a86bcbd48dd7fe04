import type { Db } from "@/lib/adapters/store/types";
import { readEdgeSetting } from "./edge/edge-setting";

/** Host ports that are not to be had, each with who has it in the words of a sentence. */
export type TakenPorts = ReadonlyMap<number, string>;

/** Ports of other projects on the host than `exceptProjectId`, and those on which the edge serves names while it is on: it listens on every address. */
export async function readTakenPorts(db: Db, wish: { hostId: string; exceptProjectId?: string }): Promise<TakenPorts> {
  const rows = await db.portAllocation.findMany({ where: { hostId: wish.hostId }, select: { port: true, projectId: true } });
  const { isOn, httpPort, httpsPort } = await readEdgeSetting(db);
  const ofEdge: [number, string][] = isOn ? [[httpPort, "the edge"], [httpsPort, "the edge"]] : [];
  return new Map([...ofEdge, ...rows.filter(({ projectId }) => projectId !== wish.exceptProjectId).map(({ port }): [number, string] => [port, "another project"])]);
}
