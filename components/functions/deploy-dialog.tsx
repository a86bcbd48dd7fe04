"use client";
import { FileArchive, FolderUp, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { formatBytes } from "@/components/ui/format-units";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { FunctionActs } from "./function-acts";
import { readFolder, readZip, toBase64, type UploadFile } from "./read-upload";

const starter = `Deno.serve(async (request) => {
  const { name = "world" } = await request.json().catch(() => ({}));
  return Response.json({ message: \`Hello \${name}\` });
});
`;

/** A new function: from a folder, from a zip, or from a few lines to start with. */
export function DeployButton({ projectRef, act, isEnabled }: { projectRef: string; act: FunctionActs["deploy"]; isEnabled: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" icon={<Upload aria-hidden className="size-4" />} disabled={!isEnabled} onClick={() => setOpen(true)}>
        Deploy function
      </Button>
      {isOpen && <DeployDialog projectRef={projectRef} act={act} onClose={() => setOpen(false)} />}
    </>
  );
}

function DeployDialog({ projectRef, act, onClose }: { projectRef: string; act: FunctionActs["deploy"]; onClose(): void }) {
  const [name, setName] = useState("");
  const [files, setFiles] = useState<UploadFile[] | null>(null);
  const [readError, setReadError] = useState<string>();
  const folderInput = useRef<HTMLInputElement>(null);
  const zipInput = useRef<HTMLInputElement>(null);
  const { run, isBusy, failure, fieldError } = useAct(act, { failures: "inline", done: "Deploying.", onDone: onClose });
  const take = (suggested: string, reading: Promise<UploadFile[]>) => {
    setReadError(undefined);
    reading.then(
      (read) => {
        setFiles(read);
        setName((now) => now || suggested.toLowerCase().replace(/[^a-z0-9_-]+/g, "-"));
      },
      () => setReadError("This file could not be read as a zip archive."),
    );
  };
  const sizeBytes = (files ?? []).reduce((sum, file) => sum + file.contentBase64.length * 0.75, 0);
  const fileError = readError ?? fieldError("files") ?? Object.entries(failure?.fields ?? {}).find(([field]) => field.startsWith("files"))?.[1];
  return (
    <Dialog isOpen onOpenChange={(isOpen) => !isOpen && onClose()} title="Deploy function" description="A folder or zip with an index.ts at its top. 5 MiB and 200 files at most.">
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void run({ ref: projectRef, name: name.trim(), files: files ?? [{ path: "index.ts", contentBase64: toBase64(new TextEncoder().encode(starter)) }] });
        }}
      >
        {failure && !failure.fields && <Notice tone="bad">{failure.message}</Notice>}
        <Field label="Name" error={fieldError("name")} hint="The last part of its address." isRequired>
          <Input name="name" isMono autoComplete="off" spellCheck={false} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <div className="flex flex-col gap-2">
          <div className="flex flex-wrap gap-2">
            <Button icon={<FolderUp aria-hidden className="size-4" />} onClick={() => folderInput.current?.click()}>
              Choose folder
            </Button>
            <Button icon={<FileArchive aria-hidden className="size-4" />} onClick={() => zipInput.current?.click()}>
              Choose zip
            </Button>
          </div>
          <input
            ref={(node) => {
              folderInput.current = node;
              node?.setAttribute("webkitdirectory", "");
            }}
            type="file"
            aria-label="Folder"
            tabIndex={-1}
            className="sr-only"
            onChange={(event) => {
              const chosen = event.target.files;
              if (chosen && chosen.length > 0) take(chosen[0]?.webkitRelativePath.split("/")[0] ?? "", readFolder(chosen));
            }}
          />
          <input
            ref={zipInput}
            type="file"
            accept=".zip,application/zip"
            aria-label="Zip archive"
            tabIndex={-1}
            className="sr-only"
            onChange={(event) => {
              const chosen = event.target.files?.[0];
              if (chosen) take(chosen.name.replace(/\.zip$/i, ""), readZip(chosen));
            }}
          />
          <p className="text-sm text-ink-3" aria-live="polite">
            {files === null ? "Without files, it starts with a few lines that answer a greeting." : `${files.length} ${files.length === 1 ? "file" : "files"}, ${formatBytes(sizeBytes)}`}
          </p>
          {fileError && (
            <p role="alert" className="text-sm text-bad">
              {fileError}
            </p>
          )}
        </div>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isBusy={isBusy} disabled={name.trim() === ""}>
            Deploy
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
