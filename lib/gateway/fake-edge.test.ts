import { beforeEach, describe } from "vitest";
import { describeEdgeContract, type EdgeContractSetup } from "./edge-contract.fixture";
import { base } from "./edge-install.fixture";
import { createFakeEdgeWorld, FakeEdge } from "./fake-edge";

describe("the fake edge", () => {
  let setup: EdgeContractSetup;
  let nextPort = 20_000;
  beforeEach(() => {
    const world = createFakeEdgeWorld();
    setup = {
      edge: new FakeEdge(world), base: { ...base, liveFolder: "/config/gateways" },
      freePort: () => Promise.resolve(nextPort++),
      hold: (port) => {
        world.portsHeldByOthers.push(`127.0.0.1:${String(port)}`);
        return Promise.resolve(() => void world.portsHeldByOthers.splice(0));
      },
      crash: () => {
        world.state = "stopped";
        return Promise.resolve();
      },
    };
  });
  describeEdgeContract(() => setup);
});
