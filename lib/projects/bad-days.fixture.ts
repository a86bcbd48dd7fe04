import { createProject } from "./create-project";
import { getOperation } from "./get-operation";
import type { Scene, WorkerOptions } from "./scene.fixture";

export const services = ["db", "api-gw", "auth", "rest", "functions"] as const;

/** What the tests of bad days do in their scene: create the project `shop`, by a worker that may meet faults and stops when the operation has ended. */
export function actsOf(scene: () => Scene) {
  async function create(options: WorkerOptions = {}, more: { gatewayPort?: number } = {}) {
    const { operationId } = await createProject(scene().ctx(), { displayName: "Shop", services: [...services], ...more });
    const worker = scene().startWorker(options);
    await scene().ended(operationId);
    await worker.stop();
    return getOperation(scene().ctx(), operationId);
  }

  return { create };
}
