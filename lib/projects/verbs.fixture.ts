import { expect } from "vitest";
import { PanelError } from "@/lib/access/errors";
import { createProject } from "./create-project";
import type { Scene } from "./scene.fixture";

const services = ["db", "api-gw", "auth", "rest", "functions"] as const;

/** What the tests of verbs do in their scene: create a project, set its state without a worker, and see a wish refused that must change nothing. */
export function actsOf(scene: () => Scene) {
  const create = (more: Partial<Parameters<typeof createProject>[1]> = {}) => createProject(scene().ctx(), { displayName: "Shop", services: [...services], ...more });

  /** Sets the stored state, and ends whatever is open, without a worker. */
  async function put(state: string, more: { readyAt?: Date | null } = {}): Promise<void> {
    const { store, clock } = scene();
    await store.db.operation.updateMany({ data: { status: "done", finishedAt: clock.now() } });
    await store.db.project.updateMany({ data: { state, readyAt: clock.now(), ...more } });
  }

  /** Rows of everything that a refused wish must leave as it was. */
  async function footprint() {
    const { db } = scene().store;
    const [projects, ports, subnets, operations, audits, functions, secrets] = await Promise.all([
      db.project.findMany(), db.portAllocation.findMany(), db.subnetAllocation.findMany(), db.operation.findMany(), db.auditEntry.count(), db.edgeFunction.count(), db.secretValue.count(),
    ]);
    return { projects, ports, subnets, operations, audits, functions, secrets };
  }

  async function expectRefused(act: () => Promise<unknown>, expected: { code?: string; fields?: string[] }): Promise<PanelError> {
    const before = await footprint();
    const error = await act().then(() => null, (cause: unknown) => cause);
    expect(error).toBeInstanceOf(PanelError);
    const refusal = error as PanelError;
    if (expected.code !== undefined) expect(refusal.code).toBe(expected.code);
    if (expected.fields !== undefined) expect(Object.keys(refusal.fields ?? {})).toEqual(expected.fields);
    expect(refusal.publicMessage.length).toBeGreaterThan(10);
    expect(await footprint()).toEqual(before);
    return refusal;
  }

  return { create, put, footprint, expectRefused };
}
