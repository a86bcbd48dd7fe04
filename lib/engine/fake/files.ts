import { extract, pack } from "tar-stream";
import type { FakeContainer, FakeWorld } from "./world";

/** Where a path of a container lies: in its own layer, or in a volume that is mounted there. */
function place(world: FakeWorld, container: FakeContainer, path: string): { files: Record<string, string>; key: string; isReadOnly: boolean } {
  const inside = container.mounts.filter((mount) => path === mount.path || path.startsWith(`${mount.path}/`)).sort((a, b) => b.path.length - a.path.length)[0];
  const volume = world.volumes.find((candidate) => candidate.name === inside?.volume);
  if (inside === undefined || volume === undefined) return { files: container.files, key: path, isReadOnly: false };
  return { files: volume.files, key: path.slice(inside.path.length), isReadOnly: inside.readOnly };
}

/** Content in base64; undefined when the file is not there. */
export function readFile(world: FakeWorld, container: FakeContainer, path: string): string | undefined {
  const { files, key } = place(world, container, path);
  return files[key];
}

/** Writes content given in base64. */
export function writeFile(world: FakeWorld, container: FakeContainer, path: string, base64: string): void {
  const { files, key } = place(world, container, path);
  files[key] = base64;
}

/** Removes a file, or all that lies below a folder. Says whether there was anything. */
export function removePath(world: FakeWorld, container: FakeContainer, path: string): boolean {
  const { files, key } = place(world, container, path);
  const gone = Object.keys(files).filter((candidate) => candidate === key || candidate.startsWith(`${key}/`));
  for (const name of gone) delete files[name];
  return gone.length > 0;
}

/** Unpacks a tar archive below a folder. */
export async function unpackInto(world: FakeWorld, container: FakeContainer, folder: string, tar: Uint8Array): Promise<void> {
  const archive = extract();
  archive.end(Buffer.from(tar));
  for await (const entry of archive) {
    const parts: Buffer[] = [];
    for await (const chunk of entry) parts.push(chunk as Buffer);
    if (entry.header.type === "file") writeFile(world, container, `${folder}/${entry.header.name}`.replace(/\/+/g, "/"), Buffer.concat(parts).toString("base64"));
  }
}

/** A tar archive of one file or of all below a folder, named as Docker names it: from the last part of the path on. Null when nothing is there. */
export function packPath(world: FakeWorld, container: FakeContainer, path: string): AsyncIterable<Uint8Array> | null {
  const { files, key } = place(world, container, path);
  const found = Object.entries(files).filter(([name]) => name === key || name.startsWith(`${key}/`));
  if (found.length === 0) return null;
  const base = path.split("/").pop() ?? "";
  const archive = pack();
  for (const [name, content] of found) archive.entry({ name: base + name.slice(key.length) }, Buffer.from(content, "base64"));
  archive.finalize();
  return archive as AsyncIterable<Uint8Array>;
}
