import { expect, it } from "vitest";
import { LABEL } from "../observed";
import type { EngineEvent } from "../port";
import { file, kindOf, prefix, type At } from "./engine-contract-stage.fixture";

export function describePrograms(at: At): void {
  it("gives a program's exit code and both of its outputs", async () => {
    await at().network();
    const id = await at().running();
    const run = (argv: string[], options = {}) => at().engine.exec(id, argv, { timeoutMs: 10_000, ...options });
    expect(await run(["true"])).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect((await run(["false"])).exitCode).toBe(1);
    expect((await run(["sh", "-c", "exit 42"])).exitCode).toBe(42);
    expect((await run(["echo", "a b", "$HOME", "'"])).stdout).toBe("a b $HOME '\n");
    expect(await run(["cat", "/not/there"])).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining("/not/there") as string });
    expect(await run(["cat"], { stdin: "from outside" })).toEqual({ exitCode: 0, stdout: "from outside", stderr: "" });
    expect((await run(["echo", "0123456789"], { maxOutputBytes: 4 })).stdout).toBe("0123");
    expect((await run(["no-such-program"])).exitCode).not.toBe(0);
  });

  it("refuses a program in a container that does not run", async () => {
    await at().network();
    const id = await at().create();
    expect(await kindOf(at().engine.exec(id, ["true"], { timeoutMs: 10_000 }))).toBe("conflict");
  });

  it("runs a one-off with volumes, files and input, gives its exit code, and leaves no container", async () => {
    await at().volume();
    const { engine, setup } = at();
    const base = { imageRef: setup.imageRef, labels: at().labels({ [LABEL.role]: "one-off" }), networkName: null, mounts: [{ volumeName: `${prefix}-data`, path: "/data", readOnly: false }], timeoutMs: 20_000 };
    expect(await engine.runOneOff({ ...base, argv: ["cat", "/data/seed.txt"], files: [file("/data/seed.txt", "seeded\n")] })).toEqual({ exitCode: 0, stdout: "seeded\n", stderr: "" });
    expect((await engine.runOneOff({ ...base, argv: ["cat", "/data/seed.txt"] })).stdout).toBe("seeded\n");
    expect((await engine.runOneOff({ ...base, argv: ["cat"], stdin: "given" })).stdout).toBe("given");
    expect((await engine.runOneOff({ ...base, argv: ["sh", "-c", "exit 7"] })).exitCode).toBe(7);
    expect((await at().observe()).containers).toEqual([]);
  });

  it("measures what runs, and null for what does not", async () => {
    await at().network();
    const id = await at().running();
    expect(await at().engine.stats(id)).toMatchObject({ memoryBytes: expect.any(Number) as number, memoryLimitBytes: null });
    await at().engine.stopContainer(id, { graceMs: 1_000 });
    expect(await at().engine.stats(id)).toBeNull();
  });
}

export function describeStreams(at: At): void {
  it("gives the last lines of the log with their times", async () => {
    await at().network();
    const id = await at().running(at().setup.service({ prints: ["one", "two", "three"] }));
    await expect.poll(async () => (await at().engine.tailLogs(id, { tail: 2 })).map((line) => line.text), { timeout: 20_000 }).toEqual(["two", "three"]);
    const lines = await at().engine.tailLogs(id, { tail: 10 });
    for (const line of lines) expect(line).toMatchObject({ stream: "stdout", atMs: expect.any(Number) as number });
    expect(lines[0]?.atMs).toBeGreaterThan(Date.UTC(2026, 0));
  });

  it("follows the log from its last lines on until it is told to stop, or the container ends", async () => {
    await at().network();
    const id = await at().running(at().setup.service({ prints: ["before"] }));
    await expect.poll(async () => (await at().engine.tailLogs(id, { tail: 1 })).length, { timeout: 20_000 }).toBe(1);
    const follow = async (onLine: (stop: AbortController) => Promise<void> | void) => {
      const stop = new AbortController();
      const seen: string[] = [];
      for await (const line of at().engine.followLogs(id, { tail: 10 }, stop.signal)) {
        seen.push(line.text);
        await onLine(stop);
      }
      return seen;
    };
    expect(await follow((stop) => stop.abort())).toEqual(["before"]);
    expect(await follow(() => at().engine.killContainer(id))).toEqual(["before"]);
  });

  it("tells of its own containers' starts and ends as they happen, and ends quietly when told to", async () => {
    await at().network();
    const stop = new AbortController();
    const seen: EngineEvent[] = [];
    const following = (async () => {
      for await (const event of at().engine.events(at().setup.instanceId, stop.signal)) {
        seen.push(event);
        if (event.action === "destroy") stop.abort();
      }
    })();
    // The stream starts with the next event: something has to happen until it is heard.
    const first = await at().create();
    await expect.poll(async () => { await at().engine.startContainer(first); await at().engine.killContainer(first); return seen.length; }, { timeout: 20_000 }).toBeGreaterThan(0);
    await at().engine.removeContainer(first);
    await following;
    expect(new Set(seen.map((event) => event.containerId))).toEqual(new Set([first]));
    expect(seen.map((event) => event.action)).toEqual(expect.arrayContaining(["start", "die", "destroy"]));
    expect(seen.find((event) => event.action === "die")).toMatchObject({ exitCode: 137, labels: at().labels() });
  });
}
