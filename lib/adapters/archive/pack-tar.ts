import { gzip } from "node:zlib";
import { promisify } from "node:util";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

export type TarFile = { path: string; content: Uint8Array; mode: number };

/** A tar archive of regular files, owned by root, in the given order. Parent folders are made by whoever unpacks it. */
export async function packTar(files: readonly TarFile[]): Promise<Uint8Array> {
  const archive = pack();
  const packed = buffer(archive);
  for (const file of files) archive.entry({ name: file.path, mode: file.mode, uid: 0, gid: 0, type: "file" }, Buffer.from(file.content));
  archive.finalize();
  return packed;
}

/** The same, gzipped. */
export async function packTarGz(files: readonly TarFile[]): Promise<Uint8Array> {
  return promisify(gzip)(await packTar(files));
}
