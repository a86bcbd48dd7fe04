import { beforeEach, expect, test } from "vitest";
import { renderEdge, type RenderedEdge } from "./edge";
import type { EdgeInput, EdgeProject } from "./edge-input";
import type { EdgePort } from "./edge-port";

export type EdgeContractSetup = {
  edge: EdgePort;
  base: EdgeInput;
  freePort(): Promise<number>;
  /** Has a program of somebody else's listen there, until what it returns is called. */
  hold(port: number): Promise<() => void>;
  /** Stops the container behind the worker's back. */
  crash(): Promise<void>;
};

/** What every `EdgePort` keeps to: the adapter with a real Caddy, and the fake that workflows are tested against. */
export function describeEdgeContract(setup: () => EdgeContractSetup): void {
  let edge: EdgePort;
  const project = async (letter: string): Promise<EdgeProject & { localListen: { address: string; port: number } }> => ({ projectId: letter.repeat(12), localListen: { address: "127.0.0.1", port: await setup().freePort() }, gatewayUpstream: `127.0.0.1:${String(await setup().freePort())}`, domains: [], studio: null, allowedNetworks: null });
  const render = (projects: EdgeProject[]): RenderedEdge => renderEdge({ ...setup().base, projects });

  beforeEach(async () => {
    edge = setup().edge;
    await edge.ensure();
  });

  test("a document is loaded once: the same again sends nothing, and what is in force is what was loaded", async () => {
    const rendered = render([await project("a")]);
    const first = await edge.load(rendered);
    expect(first.isChanged).toBe(true);
    expect(await edge.load(rendered)).toEqual({ isChanged: false, isReloaded: false, version: first.version });
    expect(await edge.inForce()).toEqual({ version: first.version, document: JSON.parse(JSON.stringify(rendered.document)), liveFiles: rendered.liveFiles });
  });

  test("another gateway takes over without a load, and going back is the same", async () => {
    const [a, b] = [await project("a"), await project("b")];
    const { version } = await edge.load(render([a, b]));
    const moved = { ...a, gatewayUpstream: `127.0.0.1:${String(await setup().freePort())}` };
    const after = await edge.load(render([moved, b]));
    expect(after).toMatchObject({ isChanged: true, isReloaded: false });
    expect((await edge.inForce())?.liveFiles).toEqual(render([moved, b]).liveFiles);
    expect(await edge.load(render([a, b]))).toEqual({ isChanged: true, isReloaded: false, version });
  });

  test("a port that somebody else holds is named, and the last document stays in force", async () => {
    const [a, b] = [await project("a"), await project("b")];
    const { version } = await edge.load(render([a]));
    const release = await setup().hold(b.localListen.port);
    const address = `127.0.0.1:${String(b.localListen.port)}`;
    await expect(edge.load(render([a, b]))).rejects.toMatchObject({ kind: "port-taken", addresses: [address], message: expect.stringContaining(address) });
    release();
    expect((await edge.inForce())?.version).toBe(version);
  });

  test("stopped behind the worker's back, it says so and is healed to what is wanted", async () => {
    const rendered = render([await project("a")]);
    const { version } = await edge.load(rendered);
    await setup().crash();
    expect((await edge.health()).state).toBe("stopped");
    await expect(edge.load(rendered)).rejects.toMatchObject({ kind: "not-running" });
    expect((await edge.heal(rendered)).version).toBe(version);
    expect((await edge.health()).state).toBe("running");
  });

  test("removed and made anew it resumes what it had; with its volumes gone it starts with nothing of it", async () => {
    const rendered = render([await project("a")]);
    const { version } = await edge.load(rendered);
    await edge.remove({ withVolumes: false });
    expect(await edge.health()).toEqual({ state: "absent", problem: null, memoryBytes: null });
    await edge.ensure();
    expect((await edge.inForce())?.version).toBe(version);
    await edge.remove({ withVolumes: true });
    await edge.ensure();
    expect((await edge.inForce())?.version).not.toBe(version);
  });
}
