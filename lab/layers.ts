import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, type Stats } from "node:fs";
import { lstat, mkdir, readdir, readFile, readlink, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PassThrough, Transform, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack, type Header, type Pack } from "tar-stream";
import { contentHash, type Hashable } from "./content-hash";

/** A layer of an image: what it is made from, and how. The same `content` never gets made twice. */
export type Layer = {
  /** For people. */
  name: string;
  content: Hashable;
  /** Writes an uncompressed tar archive. */
  write(output: Writable): Promise<void>;
};

export type LayerBlob = { name: string; digest: string; diffId: string; size: number; path: string };

function hashing(): { stream: Transform; digest(): string } {
  const hash = createHash("sha256");
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, digest: () => `sha256:${hash.digest("hex")}` };
}

async function makeLayer(layer: Layer, path: string): Promise<LayerBlob> {
  const unpacked = hashing();
  const packed = hashing();
  const output = new PassThrough();
  // Level 1: both ends are on this machine, so time counts and size hardly does.
  const stored = pipeline(output, unpacked.stream, createGzip({ level: 1 }), packed.stream, createWriteStream(path));
  const written = layer.write(output).catch((error: unknown) => {
    output.destroy();
    throw error;
  });
  const [made] = await Promise.allSettled([written, stored]);
  if (made.status === "rejected") throw made.reason;
  await stored;
  return { name: layer.name, digest: packed.digest(), diffId: unpacked.digest(), size: (await stat(path)).size, path };
}

/** The layer as a gzipped file in the folder; made when it is not there yet. */
export async function provideLayer(layer: Layer, folder: string): Promise<LayerBlob> {
  const hash = contentHash(layer.content);
  const path = join(folder, `${hash}.tar.gz`);
  const note = join(folder, `${hash}.json`);
  const known = await readFile(note, "utf8").catch(() => undefined);
  // The note is written last, so a layer that was interrupted has none.
  if (known !== undefined) return { ...(JSON.parse(known) as LayerBlob), path };
  await mkdir(folder, { recursive: true });
  // Named by the process: two builds at once make a layer twice instead of one breaking the other's.
  const part = `${path}.${String(process.pid)}.part`;
  const blob = await makeLayer(layer, part);
  await rename(part, path);
  await writeFile(note, JSON.stringify(blob));
  return { ...blob, path };
}

type Owner = { uid?: number; gid?: number };

/** What a tar archive can hold here. Paths are absolute in the image. */
export type LayerEntry =
  | ({ kind: "file"; path: string; content: string; mode: number } & Owner)
  | ({ kind: "folder"; path: string; mode: number } & Owner)
  | { kind: "link"; path: string; target: string }
  /** A file or a whole folder of this machine; owned by root, modes kept. */
  | { kind: "copy"; path: string; from: string }
  /** Takes out what a lower layer has there. */
  | { kind: "removal"; path: string };

const epoch = new Date(0);
const relative = (path: string) => path.replace(/^\/+/, "");

async function add(archive: Pack, headers: Partial<Header> & { name: string }, content: Buffer | string = ""): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    archive.entry({ uid: 0, gid: 0, mtime: epoch, ...headers }, content, (error) => (error ? reject(error) : resolve()));
  });
}

async function addFile(archive: Pack, path: string, from: string, { size, mode }: Stats): Promise<void> {
  const entry = archive.entry({ name: path, size, mode: mode & 0o777, uid: 0, gid: 0, mtime: epoch });
  await pipeline(createReadStream(from), entry);
}

async function addCopy(archive: Pack, path: string, from: string): Promise<void> {
  const found = await lstat(from);
  if (found.isSymbolicLink()) return add(archive, { name: path, type: "symlink", linkname: await readlink(from) });
  if (!found.isDirectory()) return addFile(archive, path, from, found);
  await add(archive, { name: path, type: "directory", mode: 0o755 });
  for (const name of (await readdir(from)).sort()) await addCopy(archive, `${path}/${name}`, join(from, name));
}

async function addEntry(archive: Pack, entry: LayerEntry): Promise<void> {
  const name = relative(entry.path);
  switch (entry.kind) {
    case "file":
      return add(archive, { name, mode: entry.mode, uid: entry.uid ?? 0, gid: entry.gid ?? 0 }, Buffer.from(entry.content));
    case "folder":
      return add(archive, { name, type: "directory", mode: entry.mode, uid: entry.uid ?? 0, gid: entry.gid ?? 0 });
    case "link":
      return add(archive, { name, type: "symlink", linkname: entry.target });
    case "copy":
      return addCopy(archive, name, entry.from);
    case "removal":
      return add(archive, { name: join(dirname(name), `.wh.${name.slice(name.lastIndexOf("/") + 1)}`), mode: 0 }, Buffer.alloc(0));
  }
}

/** Writes the entries as a tar archive, in their order. */
export async function writeEntries(entries: readonly LayerEntry[], output: Writable): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, output);
  for (const entry of entries) await addEntry(archive, entry);
  archive.finalize();
  await written;
}

/** A layer of files whose content is all in the entries. Of two with one path the later one counts: engines refuse an archive that names a path twice. */
export function entriesLayer(name: string, listed: readonly LayerEntry[]): Layer {
  const entries = [...new Map(listed.map((entry) => [relative(entry.path), entry])).values()];
  return { name, content: { entries }, write: (output) => writeEntries(entries, output) };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Removes what an interrupted run left behind. */
export async function removePartialLayers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = /\.(\d+)\.part$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, name), { force: true });
  }
}
