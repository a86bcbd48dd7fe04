import { randomInt } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { finished } from "node:stream/promises";
import type { Readable } from "node:stream";
import Docker from "dockerode";
import { pack } from "tar-stream";
import type { DesiredService } from "@/lib/stack/desired";
import { LABEL } from "@/lib/engine/observed";
import { readEndpoint } from "./client";
import { removeNetwork } from "./remove-network";

/** A static busybox (Debian's `busybox-static`), imported as an image: a real engine can be tested without a registry. */
export const testImage = "basehold-test/busybox:local";

const busyboxPath = "/bin/busybox";
const programs = ["sh", "cat", "echo", "false", "true", "mkdir", "mv", "rm", "sleep", "tr", "kill", "df", "cp", "wget", "nc", "ls", "id"];

/** Imports the test image once. */
export async function ensureTestImage(docker: Docker): Promise<void> {
  const isThere = await docker.getImage(testImage).inspect().then(() => true, () => false);
  if (isThere) return;
  if (!existsSync(busyboxPath)) throw new Error("These tests need a static busybox: apt-get install busybox-static.");
  const archive = pack();
  archive.entry({ name: "bin/busybox", mode: 0o755 }, readFileSync(busyboxPath));
  for (const program of programs) archive.entry({ name: `bin/${program}`, type: "symlink", linkname: "busybox" });
  for (const name of ["tmp", "etc", "data"]) archive.entry({ name, type: "directory", mode: 0o777 });
  archive.finalize();
  const [repo, tag] = testImage.split(":");
  const answer = (await docker.importImage(archive as unknown as NodeJS.ReadableStream, { repo, tag })) as unknown as Readable;
  await finished(answer.resume());
}

/** A client of the tests' own, for what the adapter has no call for. */
export function testDocker(): Docker {
  return new Docker(readEndpoint());
}

/** Removes every object that carries the installation's label, and the volumes named. */
export async function removeAll(docker: Docker, instanceId: string, foreignVolumes: readonly string[] = []): Promise<void> {
  const filters = { label: [`${LABEL.instance}=${instanceId}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) await docker.getContainer(Id).remove({ force: true, v: true }).catch(() => undefined);
  // As the panel removes them: right after the last container went, Docker may still count an endpoint, and the next file asks for the same subnet.
  for (const { Id } of await docker.listNetworks({ filters })) await removeNetwork(docker, Id, { pauseMs: 200 }).catch(() => undefined);
  const { Volumes } = await docker.listVolumes({ filters });
  for (const name of [...(Volumes ?? []).map((volume) => volume.Name), ...foreignVolumes]) await docker.getVolume(name).remove().catch(() => undefined);
}

/** A service of the test image that prints its lines and then ends with a code, or runs until it is stopped. */
export function busyboxService({ prints = [], exitsWith }: { prints?: string[]; exitsWith?: number }, parts: Partial<DesiredService> = {}): DesiredService {
  const script = exitsWith === undefined ? 'for line in "$@"; do echo "$line"; done; trap "exit 0" TERM; while true; do sleep 1 & wait $!; done' : 'exit "$1"';
  return {
    name: "rest",
    image: testImage,
    command: ["sh", "-c", script, "sh", ...(exitsWith === undefined ? prints : [String(exitsWith)])],
    environment: {},
    files: [],
    mounts: [],
    aliases: [],
    publishedPorts: [],
    readiness: { argv: ["true"], deadlineMs: 20_000 },
    dependsOn: [],
    limits: { pids: 64, logMaxSizeBytes: 1_000_000, logMaxFiles: 1 },
    replace: "start-first",
    singleHost: { noNewPrivileges: true },
    ...parts,
  };
}

// Each file begins elsewhere: Docker may hold on to a network of the file before.
let nextSubnet = randomInt(1_000);

/** A /26 out of a range that only these tests use. */
export function freeTestSubnet(): string {
  nextSubnet = (nextSubnet + 1) % 1_000;
  return `10.249.${String(nextSubnet >> 2)}.${String((nextSubnet % 4) * 64)}/26`;
}

