import { randomInt } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { HttpContractProbe } from "@/lib/adapters/probe/contract-probe";
import { contractRequests, judgeContract, type ContractRequest } from "@/lib/gateway/contract";
import { defaultGatewaySettings } from "@/lib/gateway/route-model";
import { adaptContract } from "@/lib/gateway/route-probes";
import { getRelease, releaseNames } from "@/lib/stack/releases";
import { pairwiseStacks, selections, type StackChoice } from "./pairwise";
import { startLabStack, type RunningStack } from "./running-stack.fixture";

/** Real stacks of the lab's images, one after the other: what one of the four does to another shows here or nowhere. */
const [older = "", newer = ""] = releaseNames();
const probe = new HttpContractProbe();
let running: RunningStack | undefined;

afterEach(async () => {
  await running?.remove();
  running = undefined;
});

const isOpaque = ({ credential }: ContractRequest) => credential === "publishable" || credential === "secret";

/** The contract under the keys that are valid; a key that is not is refused wherever one is asked for. */
function contractOf({ gateway, release, selection, keys }: StackChoice): ContractRequest[] {
  const enabledServices = selections[selection];
  const requests = contractRequests({ enabledServices, release, gateway });
  if (keys === "both") return requests;
  if (keys === "opaque") return adaptContract(requests, defaultGatewaySettings, { enabledServices, release: { restrictsMetaCors: getRelease(release)?.restrictsMetaCors ?? false }, isLegacyOff: true });
  return requests.flatMap((request) => (!isOpaque(request) ? [request] : isKeyAsked(request) ? [{ ...request, expected: { statuses: request.id.endsWith("-absent") ? [401, 503] : [401] } }] : []));
}

/** Of what a service decides by itself about an unknown key the contract says nothing. */
function isKeyAsked({ path }: ContractRequest): boolean {
  return ["/auth/v1/", "/rest/v1/", "/graphql/v1", "/realtime/v1/", "/pg/"].some((prefix) => path.startsWith(prefix));
}

async function failedOf(stack: RunningStack, port: number, requests: readonly ContractRequest[]): Promise<string[]> {
  const answers = await Promise.all(requests.map(async (request) => ({ request, answer: await probe.send(`http://127.0.0.1:${String(port)}`, request, stack.secrets, AbortSignal.timeout(20_000)) })));
  return judgeContract(answers).filter(({ isPassed }) => !isPassed).map(({ id, expected, received }) => `${id}: expected ${expected}, received ${received}`);
}

const stacks = pairwiseStacks([older, newer]).map((choice) => [`${choice.gateway} of ${choice.release}, services: ${choice.selection}, keys: ${choice.keys}`, choice] as const);

test.each(stacks)("%s: the contract is answered as it must be", async (_title, choice) => {
  const firstPort = 20_000 + randomInt(1_000) * 10;
  const { gateway, release, keys, selection } = choice;
  running = await startLabStack({ release, gateway, keys, services: [...selections[selection]], subnet: `10.213.${String(200 + randomInt(50))}.0/26`, firstPort });
  const stack = running;
  await Promise.all(stack.stack.services.map(({ name }) => stack.ready(name)));
  expect(stack.stack.services.some(({ name }) => name === (gateway === "kong" ? "kong" : "api-gw"))).toBe(true);
  const requests = contractOf(choice);
  await expect.poll(() => failedOf(stack, firstPort, requests), { timeout: 60_000, interval: 500 }).toEqual([]);
});
