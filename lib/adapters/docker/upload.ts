import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import type { ConfigFile } from "@/lib/stack/desired";

/** Configuration files as a tar archive to be unpacked at `/`, with their owners and modes. */
export async function packConfigFiles(files: readonly ConfigFile[]): Promise<Uint8Array> {
  const archive = pack();
  const packed = buffer(archive);
  for (const file of files) archive.entry({ name: file.path.replace(/^\/+/, ""), mode: file.mode, uid: file.uid, gid: file.gid, type: "file" }, file.content);
  archive.finalize();
  return packed;
}
