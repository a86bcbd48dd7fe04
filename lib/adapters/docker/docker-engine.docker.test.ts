import { beforeAll } from "vitest";
import { describeEngineContract } from "@/lib/engine/fake/engine-contract.fixture";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { DockerEngine } from "./docker-engine";
import { busyboxService, ensureTestImage, freeTestSubnet, removeAll, testDocker, testImage } from "./testing.fixture";

const docker = testDocker();
const instanceId = "basehold-test-contract";
const engine = new DockerEngine();

beforeAll(() => ensureTestImage(docker));

describeEngineContract("the Docker adapter", () => {
  const foreignVolumes: string[] = [];
  return Promise.resolve({
    engine,
    instanceId,
    imageRef: testImage,
    service: busyboxService,
    freeSubnet: freeTestSubnet,
    freePort: freePort,
    makeForeignVolume: async (name) => {
      foreignVolumes.push(name);
      await docker.createVolume({ Name: name });
    },
    clear: () => removeAll(docker, instanceId, foreignVolumes),
  });
});
