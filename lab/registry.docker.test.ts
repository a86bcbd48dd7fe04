import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { entriesLayer, provideLayer } from "./layers";
import { publish, type PlannedImage } from "./publish";
import { answers, ensureRegistry, startRegistry, stopRegistry } from "./registry";
import { RegistryClient } from "./registry-client";
import { dropStaleImages } from "./stale-images";

let folder: string;
let port: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "basehold-registry-"));
  port = await freePort();
});

afterEach(async () => {
  await stopRegistry(folder);
  await rm(folder, { recursive: true, force: true });
});

const greeting = (text: string) => entriesLayer("greeting", [{ kind: "file", path: "/greeting", content: text, mode: 0o644 }]);

const planned = (text: string): PlannedImage => ({ repository: "lab/hello", tag: "1", plan: { source: "a test", layers: [greeting(text)], config: { Cmd: ["true"] } } });

describe("publishing", () => {
  const said = () => undefined;
  const publishTo = (image: PlannedImage) => publish({ images: [image], client: new RegistryClient(port), folder: join(folder, "cache"), layersAtOnce: 2, say: said });

  test("pushes an image once, and again only when its plan changes", async () => {
    await startRegistry({ port, folder, isDetached: false });
    expect(await publishTo(planned("hello"))).toEqual(["lab/hello:1"]);
    expect(await publishTo(planned("hello"))).toEqual([]);
    expect(await publishTo(planned("goodbye"))).toEqual(["lab/hello:1"]);
  });

  test("pushes again what a registry lost", async () => {
    await startRegistry({ port, folder, isDetached: false });
    await publishTo(planned("hello"));
    await stopRegistry(folder);
    await rm(join(folder, "data"), { recursive: true });
    await startRegistry({ port, folder, isDetached: false });
    expect(await publishTo(planned("hello"))).toEqual(["lab/hello:1"]);
  });

  test("an engine does not keep using an earlier edition of an image under the same tag", async () => {
    await startRegistry({ port, folder, isDetached: false });
    const [client, reference] = [new RegistryClient(port), `127.0.0.1:${String(port)}/lab/hello:1`];
    const docker = (...argv: string[]) => promisify(execFile)("docker", argv);
    await publishTo(planned("hello"));
    await docker("pull", reference);
    expect(await dropStaleImages([planned("hello")], client, port)).toEqual([]);
    await publishTo(planned("goodbye"));
    expect(await dropStaleImages([planned("hello")], client, port)).toEqual([reference]);
    await expect(docker("image", "inspect", reference)).rejects.toThrow(/No such image/);
    expect(await dropStaleImages([planned("hello")], client, port)).toEqual([]);
  });

  test("reports a layer that cannot be made", async () => {
    await startRegistry({ port, folder, isDetached: false });
    const broken = planned("hello");
    broken.plan.layers = [{ name: "broken", content: "broken", write: () => Promise.reject(new Error("no such package")) }];
    await expect(publishTo(broken)).rejects.toThrow("no such package");
  });
});

describe("the loopback registry", () => {
  test("answers when it was started and no longer when it was stopped", async () => {
    const registry = await startRegistry({ port, folder, isDetached: false });
    expect(await answers(port)).toBe(true);
    await registry.stop();
    expect(await answers(port)).toBe(false);
  });

  test("is not started a second time where one answers", async () => {
    expect(await ensureRegistry({ port, folder, isDetached: false })).toBe(true);
    expect(await ensureRegistry({ port, folder, isDetached: false })).toBe(false);
  });

  test("keeps what was pushed over a restart", async () => {
    await startRegistry({ port, folder, isDetached: false });
    const layer = await provideLayer(greeting("hello"), join(folder, "layers"));
    const digest = await new RegistryClient(port).push("lab/hello", "1", { Labels: {} }, [layer]);
    await stopRegistry(folder);
    await startRegistry({ port, folder, isDetached: false });
    expect(await new RegistryClient(port).findManifest("lab/hello", "1")).toBe(digest);
    expect(await new RegistryClient(port).listReferences()).toEqual(["lab/hello:1"]);
  });

  test("says that it has no such tag", async () => {
    await startRegistry({ port, folder, isDetached: false });
    expect(await new RegistryClient(port).findManifest("lab/hello", "none")).toBeUndefined();
  });

  test("a program that took over the number in the pid file is left alone", async () => {
    await writeFile(join(folder, "registry.pid"), String(process.pid));
    await stopRegistry(folder);
    expect(process.exitCode).toBeUndefined();
  });

  test("a port that something else holds is reported, not waited for", async () => {
    const server = createHttpServer((_request, response) => response.writeHead(404).end()).listen(port, "127.0.0.1");
    await expect(startRegistry({ port, folder, isDetached: false })).rejects.toThrow(/did not start/);
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  test("a layer is made once for the same content", async () => {
    let made = 0;
    const counted = { ...greeting("once"), write: (output: NodeJS.WritableStream) => ((made += 1), greeting("once").write(output as never)) };
    const first = await provideLayer(counted, join(folder, "layers"));
    const second = await provideLayer(counted, join(folder, "layers"));
    expect([made, second]).toEqual([1, first]);
  });
});
