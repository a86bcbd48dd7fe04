import { z } from "zod";
import { exportCompose } from "@/lib/stack/export-compose";
import type { Workflow } from "@/lib/operations/types";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { loadStackInput } from "./load-stack";
import type { ArchiveFile, WorkflowTools } from "./tools";

const input = z.object({ projectId: z.string() });
const storedFiles = z.array(z.object({ path: z.string(), contentBase64: z.string() }));

/** Renders the project as a Compose folder and keeps the archive with the worker until somebody downloads it. */
export function exportWorkflow(tools: WorkflowTools): Workflow<z.infer<typeof input>> {
  return {
    kind: "project.export",
    parseInput: (json) => input.parse(json),
    onFailure: "undo",
    steps: [
      {
        key: "archive",
        title: "Write the Compose folder",
        timeoutMs: 5 * 60_000,
        isCancellable: true,
        async run({ operation, input: { projectId } }) {
          const input = await loadStackInput(tools, projectId);
          // The folder runs by itself, wherever it is taken: no edge stands in front of it there.
          const stack = buildDesiredStack({ ...input, ports: { ...input.ports, gatewayInner: undefined }, gateways: input.gateways === undefined ? undefined : { ...input.gateways, isOtherBeside: false } });
          const { prefix } = await tools.imageSource();
          const folder = `${stack.projectRef}-export`;
          const rendered = exportCompose(stack, { imagePrefix: prefix }).files;
          // Configuration files must be readable for the programs inside the containers; the folder around them is for its owner alone.
          const files: ArchiveFile[] = [{ path: `${folder}/`, content: new Uint8Array(), mode: 0o700 }];
          files.push(...rendered.map((file) => ({ path: `${folder}/${file.path}`, content: Buffer.from(file.content), mode: file.mode })));
          files.push(...(await functionFiles(tools, projectId, folder)));
          const name = `${folder}.tar.gz`;
          return { name, ...(await tools.saveExport(operation.id, name, await tools.packTarGz(files))) };
        },
      },
    ],
    async settle() {
      // An export changes nothing of the project.
    },
  };
}

async function functionFiles(tools: WorkflowTools, projectId: string, folder: string): Promise<ArchiveFile[]> {
  const rows = await tools.store.db.edgeFunction.findMany({ where: { projectId }, orderBy: [{ name: "asc" }, { version: "desc" }] });
  const newest = rows.filter((row, index) => rows[index - 1]?.name !== row.name && !row.isDeleted);
  return newest.flatMap((row) =>
    storedFiles.parse(JSON.parse(row.filesJson)).map((file) => ({
      path: `${folder}/volumes/functions/${row.name}/${file.path}`,
      content: Buffer.from(file.contentBase64, "base64"),
      mode: 0o644,
    })),
  );
}
