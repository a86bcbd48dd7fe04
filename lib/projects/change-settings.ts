import type { Db } from "@/lib/adapters/store/types";
import type { ProjectSettings } from "@/lib/stack/settings";
import { parseSettings } from "./settings-schema";

/** Writes what `change` gives and leaves all other settings of the project as they are at this moment. */
export async function changeSettings(tx: Db, projectId: string, change: (present: ProjectSettings) => Partial<ProjectSettings>): Promise<void> {
  const row = await tx.project.findUniqueOrThrow({ where: { id: projectId }, select: { settingsJson: true } });
  const present = parseSettings(row.settingsJson);
  await tx.project.update({ where: { id: projectId }, data: { settingsJson: JSON.stringify({ ...present, ...change(present) }) } });
}
