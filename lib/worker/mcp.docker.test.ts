import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultGatewaySettings } from "@/lib/gateway/route-model";
import { createProject } from "@/lib/projects/create-project";
import { turnEdgeOn } from "@/lib/projects/edge/turn-edge";
import { applyGatewayDraft } from "@/lib/projects/gateway/apply-draft";
import { getGateway } from "@/lib/projects/gateway/get-gateway";
import { saveGatewayDraft } from "@/lib/projects/gateway/save-draft";
import { previewGatewaySwitch, switchGateway } from "@/lib/projects/gateway/switch-gateway";
import { startRealWorker, type RealWorker } from "./real-worker.fixture";

/** MCP of a project of the lab's components, opened to the machine itself: through Envoy, through Kong, and behind the edge. */
let worker: RealWorker;
const ref = "shop";
const elsewhere = "203.0.113.7";

beforeAll(async () => void (worker = await startRealWorker()));
afterAll(() => worker.close());

async function statusOfMcp(): Promise<number> {
  const { ports } = await worker.parts.store.db.project.findFirstOrThrow({ where: { ref }, include: { ports: true } });
  const port = ports.find(({ purpose }) => purpose === "gateway")?.port ?? 0;
  return (await fetch(`http://127.0.0.1:${String(port)}/mcp`, { method: "POST", body: "{}" })).status;
}

/** Opens it to one address, proven by the worker, and gives what the machine is answered. */
async function openTo(address: string): Promise<number> {
  const settings = { ...defaultGatewaySettings, mcp: { isOpen: true as const, ipAllow: [address], expiresAt: new Date(Date.now() + 3_600_000).toISOString(), requiresServiceKey: false } };
  const { version } = await saveGatewayDraft(worker.ctx, { ref, version: null, settings });
  await worker.ended(applyGatewayDraft(worker.ctx, { ref, version: version ?? "" }));
  return statusOfMcp();
}

const offered = async (): Promise<string> => (await getGateway(worker.ctx, { ref })).machineAddress ?? "";

test("the address that the panel offers for the machine itself lets it in, and another keeps it out", { timeout: 300_000 }, async () => {
  await worker.ended(createProject(worker.ctx, { displayName: "Shop", services: ["db", "api-gw", "auth", "rest", "meta", "studio"] }));
  expect(await openTo(elsewhere)).toBe(403);
  expect(await openTo(await offered())).not.toBe(403);

  const { report } = await previewGatewaySwitch(worker.ctx, { ref });
  await worker.ended(switchGateway(worker.ctx, { ref, to: "kong", acknowledged: report.differences.map(({ id }) => id) }));
  expect(await openTo(elsewhere)).toBe(403);
  expect(await openTo(await offered())).not.toBe(403);

  await worker.ended(turnEdgeOn(worker.ctx));
  await worker.moved();
  expect(await statusOfMcp()).toBe(403);
  expect(await offered()).toBe("127.0.0.1");
  expect(await openTo(await offered())).not.toBe(403);
});
