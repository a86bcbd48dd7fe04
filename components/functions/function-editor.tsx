"use client";
import { FilePlus2, Trash2 } from "lucide-react";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { useDirtyMark } from "@/components/settings-form/leave-guard";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { adoptEarlyInput, useEarlyText } from "@/components/ui/early-input";
import { IconButton } from "@/components/ui/icon-button";
import { Notice } from "@/components/ui/notice";
import type { FunctionView } from "@/lib/projects/views";
import type { FunctionActs } from "./function-acts";
import { toBase64, toText } from "./read-upload";

type EditorProps = { projectRef: string; view: FunctionView; act: FunctionActs["deploy"]; isEnabled: boolean };
type EditedFile = { path: string; contentBase64: string; text: string | null };

const decode = (files: FunctionView["files"]): EditedFile[] => files.map((file) => ({ ...file, text: toText(file.contentBase64) }));
const encode = ({ path, contentBase64, text }: EditedFile) => ({ path, contentBase64: text === null ? contentBase64 : toBase64(new TextEncoder().encode(text)) });

/** Edits a function in place and deploys it as its next version. What was typed stays when a deploy is refused. */
export function FunctionEditor({ projectRef, view, act, isEnabled }: EditorProps) {
  const [edited, setEdited] = useState<EditedFile[] | null>(null);
  const contentId = useEarlyText(undefined);
  const files = edited ?? decode(view.files);
  const [openPath, setOpenPath] = useState(files.find((file) => file.path.startsWith("index."))?.path ?? files[0]?.path ?? "");
  const open = files.find((file) => file.path === openPath) ?? files[0];
  const isDirty = edited !== null;
  useDirtyMark(`function ${view.name}`, isDirty);
  const { run, isBusy, failure } = useAct(act, { failures: "inline", done: `Deploying version ${view.version + 1}.`, onDone: () => setEdited(null) });
  const addFile = () => {
    const path = nextPath(files.map((file) => file.path));
    setEdited([...files, { path, contentBase64: "", text: "" }]);
    setOpenPath(path);
  };

  return (
    <div className="flex flex-col gap-3">
      {failure && <Notice tone="bad">{Object.values(failure.fields ?? {})[0] ?? failure.message}</Notice>}
      <div className="grid min-w-0 gap-3 md:grid-cols-[12rem_minmax(0,1fr)]">
        <div className="flex flex-col gap-1">
          <ul aria-label="Files" className="flex gap-0.5 overflow-x-auto md:flex-col">
            {files.map((file) => (
              <li key={file.path} className="flex items-center">
                <button
                  type="button"
                  aria-current={file === open ? "true" : undefined}
                  onClick={() => setOpenPath(file.path)}
                  className={cn("h-8 min-w-0 flex-1 truncate rounded px-2 text-left font-mono text-sm max-sm:h-11", file === open ? "bg-accent-soft text-accent-ink" : "text-ink-2 hover:bg-hover")}
                >
                  {file.path}
                </button>
                {files.length > 1 && file === open && (
                  <IconButton size="sm" label={`Remove ${file.path}`} disabled={!isEnabled} icon={<Trash2 aria-hidden className="size-4" />} onClick={() => setEdited(files.filter((other) => other !== file))} />
                )}
              </li>
            ))}
          </ul>
          <Button size="sm" variant="ghost" disabled={!isEnabled} icon={<FilePlus2 aria-hidden className="size-4" />} onClick={addFile} className="self-start">
            Add file
          </Button>
        </div>
        {open && (
          <div className="flex min-w-0 flex-col gap-2">
            {open.text === null ? (
              <p className="rounded border border-line bg-sunken p-4 text-sm text-ink-3">{open.path} is not text. It is deployed as it is.</p>
            ) : (
              <>
                <input
                  ref={adoptEarlyInput}
                  aria-label="Path"
                  value={open.path}
                  disabled={!isEnabled}
                  spellCheck={false}
                  onChange={(event) => {
                    setEdited(files.map((file) => (file === open ? { ...file, path: event.target.value } : file)));
                    setOpenPath(event.target.value);
                  }}
                  className="h-8 rounded border border-line bg-surface px-2 font-mono text-sm max-sm:h-11"
                />
                <textarea
                  id={contentId}
                  aria-label={`Content of ${open.path}`}
                  value={open.text}
                  disabled={!isEnabled}
                  spellCheck={false}
                  autoCapitalize="off"
                  wrap="off"
                  onChange={(event) => setEdited(files.map((file) => (file === open ? { ...file, text: event.target.value } : file)))}
                  className="h-80 w-full resize-y rounded border border-control bg-surface p-3 font-mono text-sm leading-5 disabled:bg-sunken"
                />
              </>
            )}
          </div>
        )}
      </div>
      <div className="flex min-h-8 items-center gap-3">
        <Button variant={isDirty ? "primary" : "secondary"} disabled={!isDirty || !isEnabled} isBusy={isBusy} onClick={() => void run({ ref: projectRef, name: view.name, files: files.map(encode) })}>
          Deploy version {view.version + 1}
        </Button>
        {isDirty && (
          <>
            <Button variant="ghost" onClick={() => setEdited(null)}>
              Take back
            </Button>
            <span className="text-sm text-warn">Not deployed</span>
          </>
        )}
      </div>
    </div>
  );
}

function nextPath(taken: readonly string[]): string {
  for (let count = 1; ; count++) {
    const path = `file-${count}.ts`;
    if (!taken.includes(path)) return path;
  }
}
