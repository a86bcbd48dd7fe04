import { cache } from "react";
import { getProject } from "@/lib/projects/get-project";
import { forPage, openPage } from "@/lib/server/current-actor";

/** The project, once per request: its frame and its page ask for the same one. */
export const loadProject = cache(async (ref: string) => {
  const ctx = await openPage("/projects/[ref]", { ref });
  return forPage(getProject(ctx, ref));
});
