import type { z } from "zod";
import { UnauthenticatedError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import { studioAccessQuery, studioSessionOf, type studioAccessResponse } from "@/lib/access/worker-protocol";
import { findStudioSession } from "@/lib/projects/studio/studio-session";
import type { SocketTools } from "./socket-tools";

type Asked = { claim: string | undefined; query: Record<string, string> };

/** Gives what opens Studio at the gateway to a session of Studio, which is looked up here: web's word is not enough. */
export async function answerStudioAccess(tools: Pick<SocketTools, "store" | "secrets" | "now">, { claim, query }: Asked): Promise<z.output<typeof studioAccessResponse>> {
  const token = studioSessionOf(claim);
  if (token === null) throw new UnauthenticatedError();
  const { projectId } = parseInput(studioAccessQuery, query);
  if ((await findStudioSession(tools.store.db, { projectId, token, now: tools.now() })) === null) throw new UnauthenticatedError("This session of Studio has ended.");
  const { dashboardUsername, dashboardPassword } = await tools.secrets.readAll(tools.store.db, projectId);
  return { authorization: `Basic ${Buffer.from(`${dashboardUsername.reveal()}:${dashboardPassword.reveal()}`).toString("base64")}` };
}
