import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DockerEngine } from "./docker-engine";
import { ensureTestImage, testDocker, testImage } from "./testing.fixture";

const docker = testDocker();
const engine = new DockerEngine();
const timeoutMs = 20_000;

describe("a shell in a container", () => {
  let id = "";
  beforeAll(async () => {
    await ensureTestImage(docker);
    const container = await docker.createContainer({ Image: testImage, Entrypoint: ["sleep"], Cmd: ["600"] });
    await container.start();
    id = container.id;
  });
  afterAll(() => docker.getContainer(id).remove({ force: true, v: true }));

  it("does one task after the other, each with its own status and output", async () => {
    const shell = await engine.openShell(id);
    const results = await Promise.all([
      shell.run({ script: "echo one; echo wrong >&2; (exit 3)", timeoutMs }),
      shell.run({ script: "true", timeoutMs }),
      shell.run({ script: "no-such-program", timeoutMs }),
      shell.run({ script: "echo four", timeoutMs }),
    ]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([3, 0, 127, 0]);
    expect([results[0]?.output, results[1]?.output, results[3]?.output]).toEqual(["one\nwrong\n", "", "four\n"]);
    shell.close();
    expect(shell.isOpen).toBe(false);
  });

  it("hands over input as it is, a megabyte of it and whatever it looks like to a shell", async () => {
    const shell = await engine.openShell(id);
    const hostile = `$(exit 9) \`id\` 'x' "y" \\ $HOME\nEOF\n}\n`;
    expect((await shell.run({ script: "cat", input: hostile, timeoutMs })).output).toBe(`${hostile}\n`);
    const large = "0123456789abcdef".repeat(65_536);
    expect((await shell.run({ script: "cat", input: large, timeoutMs })).output).toBe(`${large}\n`);
    expect(await shell.run({ script: "wc -c", input: large, timeoutMs })).toEqual({ exitCode: 0, output: "1048577\n" });
    shell.close();
  });

  it("is over once a task takes too long or is called off, and says so to those that wait", async () => {
    const shell = await engine.openShell(id);
    const late = shell.run({ script: "sleep 30", timeoutMs: 50 });
    const next = shell.run({ script: "true", timeoutMs });
    await expect(late).rejects.toMatchObject({ kind: "timeout" });
    await expect(next).rejects.toMatchObject({ kind: "other" });
    const calledOff = await engine.openShell(id);
    await expect(calledOff.run({ script: "sleep 30", timeoutMs }, AbortSignal.timeout(50))).rejects.toThrow();
    expect([shell.isOpen, calledOff.isOpen]).toEqual([false, false]);
  });

  it("ends with its container", async () => {
    const shell = await engine.openShell(id);
    const waiting = shell.run({ script: "sleep 30", timeoutMs });
    await Promise.all([expect(waiting).rejects.toMatchObject({ kind: "other" }), docker.getContainer(id).kill()]);
    expect(shell.isOpen).toBe(false);
  });
});
