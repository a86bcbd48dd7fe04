import { cache } from "react";
import { getOperation } from "@/lib/projects/get-operation";
import { forPage, openPage } from "@/lib/server/current-actor";

/** The operation, once per request: the layout refuses by it and the page draws it. */
export const loadOperation = cache(async (id: string) => {
  const ctx = await openPage("/operations/[id]");
  return { ctx, operation: await forPage(getOperation(ctx, id)) };
});
