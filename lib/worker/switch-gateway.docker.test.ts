import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { createProject } from "@/lib/projects/create-project";
import { turnEdgeOn } from "@/lib/projects/edge/turn-edge";
import { applyGatewayDraft } from "@/lib/projects/gateway/apply-draft";
import { getGateway } from "@/lib/projects/gateway/get-gateway";
import { saveGatewayDraft } from "@/lib/projects/gateway/save-draft";
import { endGatewayBeside, previewGatewaySwitch, switchGateway } from "@/lib/projects/gateway/switch-gateway";
import { sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings } from "@/lib/gateway/route-model";
import { startRealWorker, type RealWorker } from "./real-worker.fixture";

/** Switching a project of the lab's components between the real Envoy and the stand-in of Kong. */
let worker: RealWorker;
const ref = "shop";

beforeAll(async () => void (worker = await startRealWorker()));
afterAll(() => worker.close());

const differencesOf = async () => (await previewGatewaySwitch(worker.ctx, { ref })).report.differences.map(({ id }) => id);
const switchTo = async (to: "envoy" | "kong") => worker.ended(switchGateway(worker.ctx, { ref, to, acknowledged: await differencesOf() }));

async function address(): Promise<string> {
  const { ports } = await worker.parts.store.db.project.findFirstOrThrow({ where: { ref }, include: { ports: true } });
  return `127.0.0.1:${String(ports.find(({ purpose }) => purpose === "gateway")?.port)}`;
}

async function anonKey(): Promise<string> {
  const { id } = await worker.parts.store.db.project.findFirstOrThrow({ where: { ref } });
  return (await worker.parts.tools.secrets.readAll(worker.parts.store.db, id)).anonKey.reveal();
}

/** Each gateway refuses in words of its own. */
const whoServes = async (): Promise<string> => ((await (await fetch(`http://${await address()}/rest/v1/`)).text()).includes("No API key found") ? "kong" : "envoy");

/** Requests one after the other and beside each other, until told to stop; those that failed are named. */
function keepAsking(url: string, headers: Record<string, string>) {
  const stop = new AbortController();
  const failed: string[] = [];
  let asked = 0;
  const ask = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      asked++;
      await fetch(url, { headers }).then(async (answer) => {
        await answer.arrayBuffer();
        if (answer.status !== 200) failed.push(String(answer.status));
      }, (error: unknown) => failed.push(String(error)));
      await delay(10);
    }
  };
  const all = Promise.all([ask(), ask(), ask()]);
  return { stop: async () => (stop.abort(), await all, { asked, failed }) };
}

describe("a switch of the gateway", { timeout: 300_000 }, () => {
  test("without the edge proves the other one before it gets the address, and goes back", async () => {
    await worker.ended(createProject(worker.ctx, { displayName: "Shop", services: ["db", "api-gw", "auth", "rest", "realtime"] }));
    expect(await whoServes()).toBe("envoy");
    await switchTo("kong");
    expect(await whoServes()).toBe("kong");
    const { version } = await saveGatewayDraft(worker.ctx, { ref, version: null, settings: { ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute({ upstream: { kind: "service", service: "rest" } })] } });
    const { draft } = await getGateway(worker.ctx, { ref });
    await worker.ended(applyGatewayDraft(worker.ctx, { ref, version: version ?? "", acknowledged: draft?.warnings.map(({ id }) => id) ?? [] }));
    expect((await fetch(`http://${await address()}/hooks/`)).status).toBe(200);
    await switchTo("envoy");
    expect(await whoServes()).toBe("envoy");
    await worker.ended(endGatewayBeside(worker.ctx, { ref }));
    expect(await previewGatewaySwitch(worker.ctx, { ref })).toMatchObject({ serving: "envoy", beside: null, keepsSockets: false });
  });

  test("behind the edge loses no request and keeps open sockets, there and back", async () => {
    await worker.ended(turnEdgeOn(worker.ctx));
    await worker.moved();
    const [host, key] = [await address(), await anonKey()];
    const socket = new WebSocket(`ws://${host}/realtime/v1/websocket?apikey=${key}&vsn=1.0.0`);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    let isClosed = false;
    socket.once("close", () => (isClosed = true));
    for (const to of ["kong", "envoy"] as const) {
      const load = keepAsking(`http://${host}/auth/v1/settings`, { apikey: key });
      await switchTo(to);
      const { asked, failed } = await load.stop();
      expect(asked).toBeGreaterThan(50);
      expect(failed).toEqual([]);
      expect(await whoServes()).toBe(to);
    }
    expect(isClosed).toBe(false);
    socket.terminate();
  });
});
