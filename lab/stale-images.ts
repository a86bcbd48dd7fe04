import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { RegistryClient } from "./registry-client";

const run = promisify(execFile);

export type LabImage = { repository: string; tag: string };

/** Digests under which the local engine knows the image; none when it lacks it, or when no engine runs. */
async function localDigests(reference: string): Promise<string[]> {
  try {
    const { stdout } = await run("docker", ["image", "inspect", "--format", "{{json .RepoDigests}}", reference]);
    return (JSON.parse(stdout) as string[] | null) ?? [];
  } catch {
    return [];
  }
}

/**
 * Takes the tag off images that the local engine holds in another edition than the registry: an engine pulls only what it lacks, and a
 * tag of the lab, unlike a published one, changes its content with the recipe. Containers keep what they were made from.
 * @returns the references that were taken away.
 */
export async function dropStaleImages(images: readonly LabImage[], client: RegistryClient, port: number): Promise<string[]> {
  const stale: string[] = [];
  for (const { repository, tag } of images) {
    const reference = `127.0.0.1:${String(port)}/${repository}:${tag}`;
    const digests = await localDigests(reference);
    const wanted = await client.findManifest(repository, tag);
    if (digests.length === 0 || wanted === undefined || digests.some((digest) => digest.endsWith(`@${wanted}`))) continue;
    await run("docker", ["image", "rm", "--force", reference]);
    stale.push(reference);
  }
  return stale;
}
