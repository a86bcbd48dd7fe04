import { Readable } from "node:stream";
import type Docker from "dockerode";
import { EngineError, type EnginePort, type ExecResult } from "@/lib/engine/port";
import { readFrames } from "./streams";
import { packConfigFiles } from "./upload";

export type OneOff = Parameters<EnginePort["runOneOff"]>[0];

/** Creates a container, runs it to its end, reads its output and removes it, whatever happened. */
export async function runOneOff(short: Docker, streaming: Docker, spec: OneOff, signal?: AbortSignal): Promise<ExecResult> {
  const [program, ...args] = spec.argv;
  if (program === undefined) throw new EngineError("invalid", "A one-off container needs a program.");
  const created = await short.createContainer({
    Image: spec.imageRef,
    Labels: spec.labels,
    Entrypoint: [program],
    Cmd: args,
    AttachStdin: spec.stdin !== undefined,
    OpenStdin: spec.stdin !== undefined,
    StdinOnce: spec.stdin !== undefined,
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      NetworkMode: spec.networkName ?? "none",
      Mounts: spec.mounts.map((mount) => ({ Type: "volume", Source: mount.volumeName, Target: mount.path, ReadOnly: mount.readOnly })),
      // The output is read back from the log, whatever the engine's default driver is.
      LogConfig: { Type: "json-file", Config: { "max-size": "16m", "max-file": "1" } },
      PidsLimit: 256,
      SecurityOpt: ["no-new-privileges:true"],
    },
  });
  const container = streaming.getContainer(created.id);
  try {
    if (spec.files !== undefined && spec.files.length > 0) await container.putArchive(Buffer.from(await packConfigFiles(spec.files)), { path: "/" });
    return await attachAndRun(container, spec, signal);
  } finally {
    await short.getContainer(created.id).remove({ force: true, v: true }).catch(() => undefined);
  }
}

async function attachAndRun(container: Docker.Container, spec: OneOff, signal: AbortSignal | undefined): Promise<ExecResult> {
  if (spec.stdin !== undefined) {
    const input = await container.attach({ stream: true, stdin: true, hijack: true });
    await container.start();
    input.end(spec.stdin);
  } else {
    await container.start();
  }
  const deadline = AbortSignal.timeout(spec.timeoutMs);
  const ended = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  const { StatusCode } = (await Promise.race([container.wait(), rejectOnAbort(ended)])) as { StatusCode: number };
  const log = await container.logs({ follow: false, stdout: true, stderr: true });
  const output = { stdout: "", stderr: "" };
  for await (const frame of readFrames(Readable.from([Buffer.from(log)]))) output[frame.stream] += frame.payload.toString("utf8");
  return { exitCode: StatusCode, ...output };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
