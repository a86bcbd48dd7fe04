import { expect, it } from "vitest";
import { kindOf, prefix, type At } from "./engine-contract-stage.fixture";

export function describeLifeCycle(at: At): void {
  it("takes a repeated start, stop, kill or removal as done", async () => {
    const networkId = await at().network();
    await at().volume();
    const { engine } = at();
    const id = await at().create();
    await engine.stopContainer(id, { graceMs: 1_000 });
    expect(await at().state(id)).toBe("created");
    await engine.startContainer(id);
    await engine.startContainer(id);
    expect(await at().state(id)).toBe("running");
    await engine.killContainer(id);
    await engine.killContainer(id);
    await engine.stopContainer(id, { graceMs: 1_000 });
    expect(await at().state(id)).toBe("exited");
    for (let round = 0; round < 2; round++) {
      await engine.removeContainer(id);
      await engine.removeNetwork(networkId);
      await engine.removeVolume(`${prefix}-data`);
    }
    await engine.stopContainer(id, { graceMs: 1_000 });
    await engine.killContainer(id);
    expect(await at().observe()).toMatchObject({ containers: [], networks: [], volumes: [] });
    expect(await engine.inspectContainer(id)).toBeNull();
  });

  it("removes a container that runs", async () => {
    await at().network();
    const id = await at().running();
    await at().engine.removeContainer(id);
    expect(await at().state(id)).toBe("gone");
  });

  it("restarts a container", async () => {
    await at().network();
    const id = await at().running(at().setup.service({ prints: ["up"] }));
    await at().engine.restartContainer(id, { graceMs: 1_000 });
    expect(await at().state(id)).toBe("running");
    await expect.poll(async () => (await at().engine.tailLogs(id, { tail: 10 })).map((line) => line.text), { timeout: 20_000 }).toEqual(["up", "up"]);
  });

  it("says which port is taken, and starts once it is free", async () => {
    await at().network();
    const hostPort = await at().setup.freePort();
    const publishedPorts = [{ containerPort: 80, hostIp: "127.0.0.1", hostPort }];
    const first = await at().running(at().setup.service({}, { publishedPorts }));
    expect((await at().engine.inspectContainer(first))?.publishedPorts).toEqual(publishedPorts);
    expect((await at().observe()).containers[0]?.publishedPorts).toEqual(publishedPorts.map((port) => ({ ...port, protocol: "tcp" })));
    const second = await at().create(at().setup.service({}, { publishedPorts }), `${prefix}-second`);
    const failure = await at().engine.startContainer(second).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: "port-taken", message: expect.stringContaining(String(hostPort)) as string });
    await at().engine.stopContainer(first, { graceMs: 1_000 });
    await at().engine.startContainer(second);
    expect(await at().state(second)).toBe("running");
  });

  it("refuses to remove a volume in use, and a network with running containers", async () => {
    const networkId = await at().network();
    await at().volume();
    const id = await at().running(at().setup.service({}, { mounts: [{ volume: "data", path: "/data", readOnly: false }] }));
    expect(await kindOf(at().engine.removeVolume(`${prefix}-data`))).toBe("conflict");
    expect(await kindOf(at().engine.removeNetwork(networkId))).not.toBe("no error");
    await at().engine.stopContainer(id, { graceMs: 1_000 });
    expect(await kindOf(at().engine.removeVolume(`${prefix}-data`))).toBe("conflict");
  });

  it("refuses to start a container whose network was made anew", async () => {
    const networkId = await at().network();
    const id = await at().running();
    await at().engine.stopContainer(id, { graceMs: 1_000 });
    await at().engine.removeNetwork(networkId);
    await at().network();
    expect(await kindOf(at().engine.startContainer(id))).toBe("not-found");
  });

  it("shows a program that keeps ending, with its exit code", async () => {
    await at().network();
    const id = await at().running(at().setup.service({ exitsWith: 3 }));
    await expect.poll(async () => at().engine.inspectContainer(id), { timeout: 20_000, interval: 50 }).toMatchObject({ state: "restarting", exitCode: 3 });
    await at().engine.stopContainer(id, { graceMs: 1_000 });
    expect((await at().observe()).containers).toMatchObject([{ state: "exited" }]);
  });

  it("gives the container its environment and nothing of it to a listing", async () => {
    await at().network();
    const environment = { PLAIN: "value", TRICKY: `$HOME 'single' "double" \\ # %s \u00e4\u{1f600}` };
    const id = await at().running(at().setup.service({}, { environment }));
    expect((await at().engine.inspectContainer(id))?.environment).toMatchObject(environment);
    expect(JSON.stringify(await at().observe())).not.toContain("single");
  });

  it("does nothing for a signal that is aborted already", async () => {
    await at().network();
    const aborted = AbortSignal.abort(new Error("given up"));
    await expect(at().engine.createContainer(at().spec(at().setup.service({})), aborted)).rejects.toThrow("given up");
    await expect(at().engine.observe({ instanceId: at().setup.instanceId, imageRefs: [] }, aborted)).rejects.toThrow("given up");
    expect((await at().observe()).containers).toEqual([]);
  });
}
