import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { extract, pack } from "tar-stream";
import { expect, it } from "vitest";
import { file, kindOf, type At } from "./engine-contract-stage.fixture";

export function describeFiles(at: At): void {
  it("has the files of an upload in place before the program starts", async () => {
    await at().network();
    const id = await at().create();
    await at().engine.uploadFiles(id, [file("/etc/app/one.conf", "first\n"), file("/etc/app/deep/two.conf", "second\n")], { replaceByMove: false });
    await at().engine.startContainer(id);
    expect(await at().cat(id, "/etc/app/one.conf")).toBe("first\n");
    expect(await at().cat(id, "/etc/app/deep/two.conf")).toBe("second\n");
  });

  it("replaces files of a running program by a move", async () => {
    await at().network();
    const id = await at().create();
    await at().engine.uploadFiles(id, [file("/etc/app/one.conf", "first\n")], { replaceByMove: false });
    await at().engine.startContainer(id);
    await at().engine.uploadFiles(id, [file("/etc/app/one.conf", "moved\n")], { replaceByMove: true });
    expect(await at().cat(id, "/etc/app/one.conf")).toBe("moved\n");
    expect((await at().engine.exec(id, ["cat", "/etc/app/one.conf.new"], { timeoutMs: 10_000 })).exitCode).toBe(1);
  });

  it("keeps in a volume what was uploaded into it, whatever becomes of the container", async () => {
    await at().network();
    await at().volume();
    const service = at().setup.service({}, { mounts: [{ volume: "data", path: "/data", readOnly: false }] });
    const first = await at().create(service);
    await at().engine.uploadFiles(first, [file("/data/kept.txt", "kept\n")], { replaceByMove: false });
    await at().engine.removeContainer(first);
    const second = await at().running(service);
    expect(await at().cat(second, "/data/kept.txt")).toBe("kept\n");
  });

  it("takes an archive in and gives it out again", async () => {
    await at().network();
    await at().volume();
    const id = await at().running(at().setup.service({}, { mounts: [{ volume: "data", path: "/data", readOnly: false }] }));
    const archive = pack();
    archive.entry({ name: "folder/inside.txt", mode: 0o644 }, "inside");
    archive.finalize();
    await at().engine.uploadArchive(id, "/data", await buffer(archive));
    expect(await at().cat(id, "/data/folder/inside.txt")).toBe("inside");
    expect(await readArchive(await at().engine.downloadArchive(id, "/data/folder"))).toEqual({ "folder/inside.txt": "inside" });
    expect(await kindOf(at().engine.downloadArchive(id, "/data/nothing"))).toBe("not-found");
  });

  it("says that a container is not there", async () => {
    const missing = "0".repeat(64);
    expect(await kindOf(at().engine.startContainer(missing))).toBe("not-found");
    expect(await kindOf(at().engine.uploadFiles(missing, [file("/x", "x")], { replaceByMove: false }))).toBe("not-found");
    expect(await kindOf(at().engine.exec(missing, ["true"], { timeoutMs: 1_000 }))).toBe("not-found");
    expect(await kindOf(at().engine.tailLogs(missing, { tail: 1 }))).toBe("not-found");
  });
}

async function readArchive(source: AsyncIterable<Uint8Array>): Promise<Record<string, string>> {
  const unpacked = extract();
  Readable.from(source).pipe(unpacked);
  const files: Record<string, string> = {};
  for await (const entry of unpacked) {
    const content = await buffer(entry);
    if (entry.header.type === "file") files[entry.header.name] = content.toString("utf8");
  }
  return files;
}
