import { expect, onTestFinished, test } from "vitest";
import { LABEL } from "@/lib/engine/observed";
import { externalUpstream, sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings } from "@/lib/gateway/route-model";
import { createProject } from "@/lib/projects/create-project";
import { applyGatewayDraft } from "@/lib/projects/gateway/apply-draft";
import { saveGatewayDraft } from "@/lib/projects/gateway/save-draft";
import { openScene } from "@/lib/projects/scene.fixture";
import { lookOnce } from "./follow-upstreams";

const ref = "shop";

/** A ready project with a route to api.example.com at an address that the test may move. */
async function open() {
  const scene = await openScene();
  onTestFinished(() => scene.close());
  const dns: { addresses: string[] } = { addresses: ["93.184.216.34"] };
  const resolveHost = () => Promise.resolve(dns.addresses);
  scene.startWorker({ tools: { resolveHost } });
  await scene.ended((await createProject(scene.ctx(), { displayName: "Shop", services: ["db", "api-gw", "auth", "rest"] })).operationId);
  const settings = { ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute({ upstream: externalUpstream("https://api.example.com") })] };
  const { version } = await saveGatewayDraft(scene.ctx(), { ref, settings, version: null });
  await scene.ended((await applyGatewayDraft(scene.ctx(), { ref, version: version ?? "" })).operationId);
  const clusters = () => Buffer.from(scene.world.containers.find(({ labels }) => labels[LABEL.service] === "api-gw")?.files["/etc/envoy/cds.json"] ?? "", "base64").toString("utf8");
  const look = async () => {
    await lookOnce({ tools: { ...scene.tools(), resolveHost }, log: { debug: () => undefined } }, new AbortController().signal);
    return scene.store.db.operation.findMany({ where: { kind: "gateway.refresh-upstreams" } });
  };
  return { scene, dns, clusters, look };
}

test("a host that moved is followed: the gateway is given its new address", async () => {
  const { scene, dns, clusters, look } = await open();
  dns.addresses = ["93.184.215.99"];
  const [operation] = await look();
  expect((await scene.ended(operation?.id ?? "")).status).toBe("done");
  expect(clusters()).toContain("93.184.215.99");
  expect(clusters()).not.toContain("93.184.216.34");
});

test("a host that still has an address that is known, or none at this moment, changes nothing", async () => {
  const { dns, look } = await open();
  dns.addresses = ["93.184.215.99", "93.184.216.34"];
  expect(await look()).toEqual([]);
  dns.addresses = [];
  expect(await look()).toEqual([]);
});
