import { cache } from "react";
import { getProject, UnreadableProjectError } from "@/lib/projects/get-project";
import type { UnreadableProject } from "@/lib/projects/views";
import { forPage, openPage } from "@/lib/server/current-actor";

/** The project, once per request: its frame and its page ask for the same one. */
export const loadProject = cache(async (ref: string) => {
  const ctx = await openPage("/projects/[ref]", { ref });
  return forPage(getProject(ctx, ref));
});

/** What can still be said of a project whose settings cannot be read; null when they can. */
export async function loadUnreadable(ref: string): Promise<UnreadableProject | null> {
  try {
    await loadProject(ref);
    return null;
  } catch (error) {
    if (error instanceof UnreadableProjectError) return error.project;
    throw error;
  }
}
