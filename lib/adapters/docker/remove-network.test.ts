import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Docker from "dockerode";
import { afterEach, expect, it } from "vitest";
import { removeNetwork } from "./remove-network";

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** Docker with one network, whose removal is refused as often as said, with these containers attached. */
async function dockerThatRefuses(refusals: number, containers: Record<string, object>) {
  const removals: string[] = [];
  const server = createServer((request, response) => {
    const isRemoval = request.method === "DELETE";
    if (isRemoval) removals.push(request.url ?? "");
    const isRefused = isRemoval && removals.length <= refusals;
    response.writeHead(isRefused ? 403 : isRemoval ? 204 : 200, { "content-type": "application/json" });
    response.end(isRefused ? JSON.stringify({ message: "network n1 has active endpoints" }) : isRemoval ? undefined : JSON.stringify({ Containers: containers }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return { docker: new Docker({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, protocol: "http" }), removals };
}

it("asks again while Docker still counts the endpoint of a container that has just gone", async () => {
  const { docker, removals } = await dockerThatRefuses(2, {});
  expect(await removeNetwork(docker, "n1", { pauseMs: 1 })).toBe("removed");
  expect(removals).toHaveLength(3);
});

it("leaves an empty network on which Docker counts an endpoint for ever, rather than fail, and says so", async () => {
  const { docker } = await dockerThatRefuses(Infinity, {});
  await expect(removeNetwork(docker, "n1", { pauseMs: 1 })).resolves.toBe("left");
});

it("fails while something is attached to the network", async () => {
  const { docker } = await dockerThatRefuses(Infinity, { c1: { Name: "foreign" } });
  await expect(removeNetwork(docker, "n1", { pauseMs: 1 })).rejects.toMatchObject({ statusCode: 403 });
});
