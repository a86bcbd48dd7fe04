import type http from "node:http";
import { pipeline } from "node:stream/promises";
import { audit } from "@/lib/access/audit";
import { ConflictError, NotFoundError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { exportQuery } from "@/lib/access/worker-protocol";
import { authorizeOperation } from "@/lib/projects/visible";
import type { SocketTools } from "./socket-tools";

type ExportCall = { ctx: VerbContext; tools: SocketTools; query: Record<string, string>; response: http.ServerResponse; signal: AbortSignal };

/** Sends the archive of a finished export. It holds every secret of the project, so each download is an audited act. */
export async function streamExport({ ctx, tools, query, response, signal }: ExportCall): Promise<void> {
  const { operationId } = parseInput(exportQuery, query);
  const { operation, projectRef } = await authorizeOperation(ctx, "project.export", operationId);
  if (operation.kind !== "project.export" || operation.projectId === null || projectRef === null) throw new NotFoundError("There is no such export.");
  if (operation.status !== "done") throw new ConflictError("wrong-state", "This export is not done yet.");
  const archive = await tools.exports.find(operationId);
  if (archive === null) throw new NotFoundError("This archive was removed a day after it was made. Export the project again.");
  const project = { id: operation.projectId, ref: projectRef };
  await ctx.store.transaction((tx) => audit(tx, ctx, { action: "project.export-download", project, operationId, summary: `Download the export of ${projectRef}` }));
  response.writeHead(200, { "content-type": "application/gzip", "content-length": String(archive.sizeBytes), "content-disposition": `attachment; filename="${archive.fileName}"`, "cache-control": "no-store" });
  await pipeline(archive.open(), response, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
