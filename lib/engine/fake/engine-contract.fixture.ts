import { afterEach, beforeEach, describe } from "vitest";
import { describeFiles } from "./engine-contract-files.fixture";
import { describeLifeCycle } from "./engine-contract-life-cycle.fixture";
import { describeNames, describeObserving } from "./engine-contract-objects.fixture";
import { describePrograms, describeStreams } from "./engine-contract-programs.fixture";
import { Stage, type ContractSetup } from "./engine-contract-stage.fixture";

/** The guarantees of `EnginePort`, for the fake and for a real engine alike. */
export function describeEngineContract(name: string, prepare: () => Promise<ContractSetup>): void {
  describe(`the engine contract, kept by ${name}`, () => {
    let stage: Stage;
    beforeEach(async () => {
      stage = new Stage(await prepare());
      await stage.setup.clear();
    });
    afterEach(() => stage.setup.clear());
    const at = () => stage;
    describeObserving(at);
    describeNames(at);
    describeLifeCycle(at);
    describeFiles(at);
    describePrograms(at);
    describeStreams(at);
  });
}
