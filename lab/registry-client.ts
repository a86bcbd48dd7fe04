import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { request } from "node:http";
import { pipeline } from "node:stream/promises";
import type { LayerBlob } from "./layers";

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";
const configType = "application/vnd.docker.container.image.v1+json";
const layerType = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/** The part of an image's configuration that the lab sets, in the registry's own words. */
export type ImageConfig = {
  Env?: string[];
  Entrypoint?: string[];
  Cmd?: string[];
  User?: string;
  WorkingDir?: string;
  StopSignal?: string;
  ExposedPorts?: Record<string, Record<string, never>>;
  Labels: Record<string, string>;
};

const digestOf = (content: string) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** The image's own description. Without a date: the same content has the same digest whenever it is built. */
export function describeImage(config: ImageConfig, layers: readonly LayerBlob[]): string {
  const created = "1970-01-01T00:00:00Z";
  return JSON.stringify({
    architecture: "amd64",
    os: "linux",
    created,
    config,
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map((layer) => ({ created, created_by: `basehold lab: ${layer.name}` })),
  });
}

/** Speaks the registry's HTTP API to one registry on loopback. */
export class RegistryClient {
  /** Where a blob is known to be, so that another repository can take it from there instead of from this machine. */
  readonly #repositoryOf = new Map<string, string>();

  constructor(private readonly port: number) {}

  /** Digest of the manifest under that tag, or undefined. */
  async findManifest(repository: string, tag: string): Promise<string | undefined> {
    const answer = await fetch(this.#url(`${repository}/manifests/${tag}`), { method: "HEAD", headers: { accept: manifestType } });
    return answer.ok ? (answer.headers.get("docker-content-digest") ?? undefined) : undefined;
  }

  /** Every repository and tag that the registry holds, as `repository:tag`. */
  async listReferences(): Promise<string[]> {
    const { repositories } = (await (await fetch(this.#url("_catalog?n=1000"))).json()) as { repositories: string[] };
    const lists = await Promise.all(repositories.map(async (repository) => {
      const { tags } = (await (await fetch(this.#url(`${repository}/tags/list`))).json()) as { tags: string[] | null };
      return (tags ?? []).map((tag) => `${repository}:${tag}`);
    }));
    return lists.flat().sort();
  }

  /** Uploads what is missing and sets the tag. Returns the manifest's digest. */
  async push(repository: string, tag: string, config: ImageConfig, layers: readonly LayerBlob[]): Promise<string> {
    for (const layer of layers) await this.#provideBlob(repository, layer.digest, layer.size, () => createReadStream(layer.path));
    const description = describeImage(config, layers);
    const configDigest = digestOf(description);
    await this.#provideBlob(repository, configDigest, Buffer.byteLength(description), () => [description]);
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: configType, size: Buffer.byteLength(description), digest: configDigest },
      layers: layers.map((layer) => ({ mediaType: layerType, size: layer.size, digest: layer.digest })),
    });
    const answer = await fetch(this.#url(`${repository}/manifests/${tag}`), { method: "PUT", headers: { "content-type": manifestType }, body: manifest });
    if (!answer.ok) throw new Error(`The registry refused ${repository}:${tag}: ${String(answer.status)} ${await answer.text()}`);
    return digestOf(manifest);
  }

  async #provideBlob(repository: string, digest: string, size: number, open: () => Iterable<string> | AsyncIterable<Buffer>): Promise<void> {
    const known = this.#repositoryOf.get(digest);
    this.#repositoryOf.set(digest, known ?? repository);
    const head = await fetch(this.#url(`${repository}/blobs/${digest}`), { method: "HEAD" });
    if (head.ok) return;
    const mount = known === undefined ? "" : `?mount=${digest}&from=${known}`;
    const begun = await fetch(this.#url(`${repository}/blobs/uploads/${mount}`), { method: "POST" });
    if (begun.status === 201) return;
    const location = begun.headers.get("location");
    if (begun.status !== 202 || location === null) throw new Error(`The registry takes no upload for ${repository}: ${String(begun.status)}`);
    const target = new URL(location, this.#url(""));
    target.searchParams.set("digest", digest);
    await this.#upload(target, size, open());
  }

  /** Not by fetch: it would send a stream without its length. */
  async #upload(target: URL, size: number, content: Iterable<string> | AsyncIterable<Buffer>): Promise<void> {
    const sending = request(target, { method: "PUT", headers: { "content-type": "application/octet-stream", "content-length": size } });
    const status = new Promise<number>((resolve, reject) => {
      sending.on("error", reject).on("response", (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
    });
    await Promise.all([pipeline(content, sending), status]);
    if ((await status) !== 201) throw new Error(`The registry refused an upload: ${String(await status)}`);
  }

  #url(path: string): string {
    return `http://127.0.0.1:${String(this.port)}/v2/${path}`;
  }
}
