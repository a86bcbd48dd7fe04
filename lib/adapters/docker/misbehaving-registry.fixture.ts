import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

export type RegistryMood = "well" | "no-such-tag" | "too-many-requests" | "server-error" | "cut-layer" | "hanging-layer";

export type MisbehavingRegistry = { /** Ends with `/`. */ prefix: string; mood: RegistryMood; blobRequests: number; close(): Promise<void> };

const sha256 = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** A registry on loopback that serves one image and fails in the way it is told to. Each run's image differs, so no layer is ever there already. */
export async function startMisbehavingRegistry(unique: string): Promise<MisbehavingRegistry> {
  const archive = pack();
  archive.entry({ name: "content.txt" }, unique.repeat(40_000));
  archive.finalize();
  const tar = await buffer(archive);
  const layer = gzipSync(tar, { level: 0 });
  const config = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", config: {}, rootfs: { type: "layers", diff_ids: [sha256(tar)] }, history: [{ created_by: unique }] }));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      config: { mediaType: "application/vnd.docker.container.image.v1+json", size: config.length, digest: sha256(config) },
      layers: [{ mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", size: layer.length, digest: sha256(layer) }],
    }),
  );
  const state: MisbehavingRegistry = { prefix: "", mood: "well", blobRequests: 0, close: () => Promise.resolve() };
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    if (url === "/v2/") return void response.writeHead(200).end();
    if (url.includes("/manifests/")) return answerManifest(state.mood, manifest, response);
    state.blobRequests++;
    if (url.endsWith(sha256(config))) return void response.writeHead(200, { "content-length": config.length }).end(config);
    response.writeHead(200, { "content-length": layer.length });
    if (state.mood === "well") return void response.end(layer);
    response.write(layer.subarray(0, layer.length / 2), () => {
      if (state.mood === "cut-layer") response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.prefix = `127.0.0.1:${(server.address() as AddressInfo).port}/`;
  state.close = () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()); });
  return state;
}

function answerManifest(mood: RegistryMood, manifest: Buffer, response: ServerResponse): void {
  const refuse = (status: number, code: string) => void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
  if (mood === "no-such-tag") return refuse(404, "MANIFEST_UNKNOWN");
  if (mood === "too-many-requests") return refuse(429, "TOOMANYREQUESTS");
  if (mood === "server-error") return refuse(500, "UNKNOWN");
  response.writeHead(200, { "content-type": "application/vnd.docker.distribution.manifest.v2+json", "docker-content-digest": sha256(manifest), "content-length": manifest.length }).end(manifest);
}
