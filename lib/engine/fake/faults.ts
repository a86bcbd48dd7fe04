import type { EngineErrorKind, EnginePort } from "../port";

/** Calls that change something on the engine. Only these are numbered. */
export const changingMethods = ["pullImage", "createNetwork", "removeNetwork", "createVolume", "removeVolume", "createContainer", "uploadFiles", "startContainer", "stopContainer", "killContainer", "restartContainer", "removeContainer", "renameContainer", "runOneOff", "uploadArchive"] as const satisfies readonly (keyof EnginePort)[];

export type FakeCall = {
  method: keyof EnginePort;
  /** Name of the container, network, volume or image that it is about. */
  target: string;
  /** Place among the calls that change something, from 1; null for calls that only read and for `exec`. */
  number: number | null;
};

/**
 * What happens to a call. `fail`: not done, and the engine says why. `lose-answer`: done, but the connection breaks before the answer.
 * `kill-before` and `kill-after`: the worker ends at this point; neither this call nor any later one of this connection is ever answered.
 * `hang`: never answered until the caller gives up, and not done. `slow`: done, after that time.
 */
export type Fault =
  | { kind: "fail"; error: EngineErrorKind; detail?: string }
  | { kind: "lose-answer" }
  | { kind: "kill-before" }
  | { kind: "kill-after" }
  | { kind: "hang" }
  | { kind: "slow"; durationMs: number };

/** Asked before each call. */
export type FaultPlan = (call: FakeCall) => Fault | undefined;

/** The fault for the n-th changing call, and for no other. */
export function atCall(number: number, fault: Fault): FaultPlan {
  return (call) => (call.number === number ? fault : undefined);
}

/** The fault for the first `times` calls of a method, for one target or any. */
export function atMethod(method: keyof EnginePort, fault: Fault, { target, times = Number.POSITIVE_INFINITY }: { target?: RegExp; times?: number } = {}): FaultPlan {
  let left = times;
  return (call) => {
    if (call.method !== method || (target !== undefined && !target.test(call.target)) || left <= 0) return undefined;
    left--;
    return fault;
  };
}
