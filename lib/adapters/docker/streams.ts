import { z } from "zod";
import { EngineError, type LogLine, type PullProgress } from "@/lib/engine/port";
import { kindOfText, toEngineError } from "./errors";

type Chunks = AsyncIterable<Buffer | string>;

/** Complete lines of a byte stream; a character that is split over two chunks is put together. */
export async function* readLines(stream: Chunks): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    rest += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield line;
  }
  rest += decoder.decode();
  if (rest.trim() !== "") yield rest;
}

const pullMessage = z.object({
  status: z.string().optional(),
  id: z.string().optional(),
  error: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).optional(),
});

type Layer = { current: number; total: number; phase: "downloading" | "extracting" | "done" };

/**
 * Reads a pull to its end. dockerode's own reader calls an `{error}` line and a cut connection a success; this one throws for both
 * (the caller inspects the image afterwards as well).
 */
export async function readPull(stream: Chunks, onProgress: (progress: PullProgress) => void): Promise<void> {
  const layers = new Map<string, Layer>();
  let isComplete = false;
  try {
    for await (const line of readLines(stream)) {
      const message = pullMessage.parse(JSON.parse(line));
      if (message.error !== undefined) throw pullError(message.error);
      if (message.status !== undefined && /^Status: (Downloaded newer image|Image is up to date)/.test(message.status)) isComplete = true;
      if (message.id !== undefined && message.status !== undefined && applyLayer(layers, message.id, message.status, message.progressDetail)) onProgress(sumLayers(layers));
    }
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw toEngineError(error, "read the progress of the pull");
  }
  if (!isComplete) throw new EngineError("pull-incomplete", "The pull ended before the image was complete. Retry: layers that are here are kept.");
  onProgress({ ...sumLayers(layers), phase: "done" });
}

function pullError(text: string): EngineError {
  const kind = kindOfText(text) ?? "registry-unavailable";
  const base = toEngineError({ message: text, statusCode: 500 }, "pull the image");
  return base instanceof EngineError && base.kind === kind ? base : new EngineError(kind, "The registry did not deliver the image.", text);
}

function applyLayer(layers: Map<string, Layer>, id: string, status: string, detail: { current?: number; total?: number } | undefined): boolean {
  const before = layers.get(id) ?? { current: 0, total: 0, phase: "downloading" };
  switch (status) {
    case "Pulling fs layer":
    case "Waiting":
      layers.set(id, before);
      return true;
    case "Downloading":
      layers.set(id, { current: detail?.current ?? before.current, total: Math.max(detail?.total ?? 0, before.total), phase: "downloading" });
      return true;
    case "Verifying Checksum":
    case "Download complete":
    case "Extracting":
      layers.set(id, { current: before.total, total: before.total, phase: "extracting" });
      return true;
    case "Pull complete":
    case "Already exists":
      layers.set(id, { current: before.total, total: before.total, phase: "done" });
      return true;
    default:
      return false;
  }
}

function sumLayers(layers: ReadonlyMap<string, Layer>): PullProgress {
  const all = [...layers.values()];
  const downloadedBytes = all.reduce((sum, layer) => sum + layer.current, 0);
  const totalBytes = all.reduce((sum, layer) => sum + layer.total, 0);
  const layersDone = all.filter((layer) => layer.phase === "done").length;
  const isDownloading = all.some((layer) => layer.phase === "downloading");
  return { layersTotal: all.length, layersDone, downloadedBytes, totalBytes, phase: all.length === 0 ? "resolving" : isDownloading ? "downloading" : layersDone === all.length ? "done" : "extracting" };
}

export type Frame = { stream: "stdout" | "stderr"; payload: Buffer };

const headerBytes = 8;

/** Splits Docker's multiplexed stream into frames. Pull-driven: a slow reader slows the source. Throws for a stream cut inside a frame. */
export async function* readFrames(stream: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let offset = 0;
    while (rest.length - offset >= headerBytes) {
      const size = rest.readUInt32BE(offset + 4);
      if (rest.length - offset - headerBytes < size) break;
      yield { stream: rest[offset] === 2 ? "stderr" : "stdout", payload: rest.subarray(offset + headerBytes, offset + headerBytes + size) };
      offset += headerBytes + size;
    }
    rest = rest.subarray(offset);
  }
  if (rest.length > 0) throw new EngineError("other", "Docker's stream ended inside a frame.");
}

/** Log lines with the engine's time stamps, from a multiplexed stream that was asked for with `timestamps`. */
export async function* readLogLines(stream: AsyncIterable<Buffer>): AsyncGenerator<LogLine> {
  const rest = { stdout: "", stderr: "" };
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  for await (const frame of readFrames(stream)) {
    const text = rest[frame.stream] + decoders[frame.stream].decode(frame.payload, { stream: true });
    const lines = text.split("\n");
    rest[frame.stream] = lines.pop() ?? "";
    for (const line of lines) yield toLogLine(line, frame.stream);
  }
  for (const name of ["stdout", "stderr"] as const) if (rest[name] !== "") yield toLogLine(rest[name], name);
}

function toLogLine(line: string, stream: "stdout" | "stderr"): LogLine {
  const space = line.indexOf(" ");
  const atMs = Date.parse(line.slice(0, space));
  return Number.isNaN(atMs) ? { atMs: 0, stream, text: line } : { atMs, stream, text: line.slice(space + 1).replace(/\r$/, "") };
}
