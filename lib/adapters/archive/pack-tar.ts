import { gzip } from "node:zlib";
import { promisify } from "node:util";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

export type TarFile = { path: string; content: Uint8Array; mode: number };

/** A tar archive owned by root, in the given order. A path that ends in `/` is a folder; parents without an entry are made by whoever unpacks it. */
export async function packTar(files: readonly TarFile[]): Promise<Uint8Array> {
  const archive = pack();
  const packed = buffer(archive);
  for (const { path, mode, content } of files) {
    if (path.endsWith("/")) archive.entry({ name: path, mode, uid: 0, gid: 0, type: "directory" });
    else archive.entry({ name: path, mode, uid: 0, gid: 0, type: "file" }, Buffer.from(content));
  }
  archive.finalize();
  return packed;
}

/** The same, gzipped. */
export async function packTarGz(files: readonly TarFile[]): Promise<Uint8Array> {
  return promisify(gzip)(await packTar(files));
}
