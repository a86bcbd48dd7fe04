import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PullProgress } from "@/lib/engine/port";
import { readFrames, readLines, readLogLines, readPull } from "./streams";

function frame(stream: "stdout" | "stderr", payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream === "stderr" ? 2 : 1;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** The bytes in pieces, cut wherever the sizes say. */
async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let offset = 0;
  for (let index = 0; offset < bytes.length; index++) {
    const size = Math.max(1, sizes[index % sizes.length] ?? 1);
    yield bytes.subarray(offset, offset + size);
    offset += size;
    await Promise.resolve();
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const arbSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const arbText = fc.string({ unit: "binary", maxLength: 30 }).map((text) => text.replace(/[\n\r]/g, " "));

describe("Docker's streams", () => {
  it("give the same frames wherever the network cuts them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ stream: fc.constantFrom("stdout" as const, "stderr" as const), text: arbText })), arbSizes, async (frames, sizes) => {
        const bytes = Buffer.concat(frames.map(({ stream, text }) => frame(stream, Buffer.from(text))));
        const read = await collect(readFrames(inPieces(bytes, sizes)));
        expect(read.map(({ stream, payload }) => ({ stream, text: payload.toString("hex") }))).toEqual(frames.map(({ stream, text }) => ({ stream, text: Buffer.from(text).toString("hex") })));
      }),
    );
  });

  it("that end inside a frame are an error, never a short answer", async () => {
    const bytes = frame("stdout", Buffer.from("hello")).subarray(0, 10);
    await expect(collect(readFrames(inPieces(bytes, [3])))).rejects.toThrow("ended inside a frame");
  });

  it("give whole log lines with their times, whatever the frames and pieces", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).map((text) => text.replace(/[\n\r]/g, "x")), { minLength: 1 }), arbSizes, arbSizes, async (lines, frameSizes, sizes) => {
        const log = Buffer.from(lines.map((line) => `2026-01-02T03:04:05.678901234Z ${line}\n`).join(""));
        const frames: Buffer[] = [];
        for await (const piece of inPieces(log, frameSizes)) frames.push(frame("stdout", piece));
        const read = await collect(readLogLines(inPieces(Buffer.concat(frames), sizes)));
        expect(read).toEqual(lines.map((text) => ({ atMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678), stream: "stdout", text })));
      }),
    );
  });

  it("give complete JSON lines, the last one without a line break too", async () => {
    expect(await collect(readLines(inPieces(Buffer.from('{"a":"ä"}\n\n{"b":1}'), [1])))).toEqual(['{"a":"ä"}', '{"b":1}']);
  });
});

const pull = async (lines: readonly object[]) => {
  const seen: PullProgress[] = [];
  await readPull(inPieces(Buffer.from(lines.map((line) => `${JSON.stringify(line)}\r\n`).join("")), [7]), (progress) => seen.push(progress));
  return seen;
};

describe("the progress of a pull", () => {
  const layer = (status: string, current?: number, total?: number) => ({ status, id: "abc", progressDetail: current === undefined ? {} : { current, total } });

  it("counts bytes and layers to the end", async () => {
    const seen = await pull([{ status: "Pulling from x", id: "v1" }, layer("Pulling fs layer"), layer("Downloading", 50, 100), layer("Download complete"), layer("Extracting", 100, 100), layer("Pull complete"), { status: "Digest: sha256:x" }, { status: "Status: Downloaded newer image for x" }]);
    expect(seen.map(({ phase, downloadedBytes }) => `${phase} ${downloadedBytes}`)).toEqual(["downloading 0", "downloading 50", "extracting 100", "extracting 100", "done 100", "done 100"]);
  });

  it("with an error in it is a failure, although the stream ends well", async () => {
    await expect(pull([layer("Pulling fs layer"), { errorDetail: { message: "manifest unknown" }, error: "manifest unknown" }])).rejects.toMatchObject({ kind: "image-missing" });
    await expect(pull([{ error: "write /var/lib/docker/tmp/x: no space left on device" }])).rejects.toMatchObject({ kind: "no-space", message: expect.stringContaining("Free some room") as string });
    await expect(pull([{ error: "something nobody has seen before" }])).rejects.toMatchObject({ kind: "registry-unavailable", detail: "something nobody has seen before" });
  });

  it("that ends early is a failure", async () => {
    await expect(pull([layer("Pulling fs layer"), layer("Downloading", 50, 100)])).rejects.toMatchObject({ kind: "pull-incomplete" });
    await expect(pull([])).rejects.toMatchObject({ kind: "pull-incomplete" });
  });
});
