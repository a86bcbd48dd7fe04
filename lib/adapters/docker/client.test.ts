import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { connectDocker, readEndpoint } from "./client";
import { DockerEngine } from "./docker-engine";

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** Something that listens where Docker should, and answers every question with this. */
async function serve(answer: (path: string) => unknown): Promise<{ host: string; port: number; protocol: "http"; paths: string[] }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? "");
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer(request.url ?? "")));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port, protocol: "http", paths };
}

const dockerLike = (version: object) => (path: string) => (path.endsWith("/version") ? version : { MemTotal: 1 });

describe("connecting to Docker", () => {
  it("refuses an engine older than API 1.41 with a sentence that says what is needed", async () => {
    const endpoint = await serve(dockerLike({ ApiVersion: "1.40", Version: "19.03.15" }));
    await expect(connectDocker(endpoint)).rejects.toMatchObject({ kind: "too-old", message: "Docker 19.03.15 speaks API 1.40; Basehold needs Docker 20.10 (API 1.41) or newer." });
  });

  it("speaks the engine's version, and the newest it knows with an engine that is newer", async () => {
    expect((await connectDocker(await serve(dockerLike({ ApiVersion: "1.41", Version: "20.10.24" })))).apiVersion).toBe("1.41");
    const newer = await serve(dockerLike({ ApiVersion: "1.99", MinAPIVersion: "1.44", Version: "40.0" }));
    expect((await connectDocker(newer)).apiVersion).toBe("1.51");
    expect(newer.paths.at(-1)).toMatch(/^\/v1\.51\//);
  });

  it("refuses an engine that no longer speaks any version it knows", async () => {
    const endpoint = await serve(dockerLike({ ApiVersion: "1.99", MinAPIVersion: "1.60", Version: "50.0" }));
    await expect(connectDocker(endpoint)).rejects.toMatchObject({ kind: "too-old", message: expect.stringContaining("update Basehold") as string });
  });

  it("says so when something else listens there", async () => {
    await expect(connectDocker(await serve(() => ({ hello: "world" })))).rejects.toMatchObject({ kind: "invalid", message: "What answers at the engine's address is not Docker." });
  });

  it("says how to look when nothing listens there, and tries anew at the next call", async () => {
    const engine = new DockerEngine({ socketPath: "/nowhere/docker.sock" });
    for (let round = 0; round < 2; round++) await expect(engine.info()).rejects.toMatchObject({ kind: "unreachable", message: expect.stringContaining("Check that it runs") as string });
  });

  it("finds the engine by DOCKER_HOST, or at the usual socket", () => {
    expect(readEndpoint({ NODE_ENV: "test" })).toEqual({ socketPath: "/var/run/docker.sock" });
    expect(readEndpoint({ NODE_ENV: "test", DOCKER_HOST: "unix:///run/user/1000/docker.sock" })).toEqual({ socketPath: "/run/user/1000/docker.sock" });
    expect(readEndpoint({ NODE_ENV: "test", DOCKER_HOST: "tcp://[::1]:2375" })).toEqual({ protocol: "http", host: "::1", port: 2375 });
    expect(() => readEndpoint({ NODE_ENV: "test", DOCKER_HOST: "ssh://host" })).toThrow("DOCKER_HOST is ssh://host");
  });
});
