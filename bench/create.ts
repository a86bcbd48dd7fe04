import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ComposePeer } from "./parts/compose-peer";
import { withPanel, type BenchPanel } from "./parts/panel";
import { createProject, exportProject, removeProject } from "./parts/projects";
import { recordFigure } from "./parts/record";
import { rounds } from "./parts/settings";

/** `create`, and with `parallel` 5 `create-5`: projects of the panel and Compose stacks, one after the other, never both at once. */
export async function measureCreation(parallel: number): Promise<{ ours: number[]; peer: number[] }> {
  const folder = mkdtempSync("/tmp/basehold-bench-export-");
  const peer = new ComposePeer();
  try {
    return await withPanel(async (panel) => {
      await unpackExport(panel, peer, join(folder, "export.tar.gz"), parallel);
      const samples = { ours: [] as number[], peer: [] as number[] };
      for (let round = 0; round < rounds; round++) {
        samples.ours.push(await timeCreation(panel, parallel, round));
        samples.peer.push(await peer.timeUp());
        console.log(`round ${round + 1}: ${samples.ours.at(-1)?.toFixed(1) ?? ""} s, Compose ${samples.peer.at(-1)?.toFixed(1) ?? ""} s`);
      }
      return samples;
    });
  } finally {
    await peer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A first project, which no figure counts: it warms both up and is what Compose is given. */
async function unpackExport(panel: BenchPanel, peer: ComposePeer, archivePath: string, count: number): Promise<void> {
  const { ref } = await createProject(panel, "Exported");
  await exportProject(panel, ref, archivePath);
  await removeProject(panel, ref);
  await peer.unpack(archivePath, count);
}

async function timeCreation(panel: BenchPanel, parallel: number, round: number): Promise<number> {
  const created = await Promise.all(Array.from({ length: parallel }, (_, index) => createProject(panel, `Round ${round} project ${index}`)));
  await Promise.all(created.map(({ ref }) => removeProject(panel, ref)));
  return Math.max(...created.map(({ seconds }) => seconds));
}

export async function benchCreate(): Promise<void> {
  recordFigure("create", await measureCreation(1));
}
