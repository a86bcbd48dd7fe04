"use client";
import { FileUp } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { formatBytes } from "@/components/ui/format-units";
import { Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { maxKongTextBytes } from "@/lib/gateway/import-kong-limits";
import { addImported } from "@/lib/gateway/import-kong-merge";
import type { KongImportView } from "@/lib/projects/views";
import { EditSheet } from "./edit-sheet";
import { ImportResult } from "./import-result";
import { useRoutesEditing, type RoutesEditing } from "./routes-context";
import { checkSettings } from "./use-checked-settings";

/** A kong.yml of an existing stack: first read as routes and shown, then put into the draft. */
export function ImportSheet({ onClose }: { onClose(): void }) {
  const editing = useRoutesEditing();
  return editing === null ? null : <ImportForm editing={editing} onClose={onClose} />;
}

function ImportForm({ editing, onClose }: { editing: RoutesEditing; onClose(): void }) {
  const [base] = useState(editing.seen);
  const [text, setText] = useState("");
  const [result, setResult] = useState<KongImportView | null>(null);
  const [fileProblem, setFileProblem] = useState<string>();
  const area = useRef<HTMLTextAreaElement>(null);
  const { run, isBusy, failure, fieldError, clearFailure } = useAct(editing.acts.importKong, { failures: "inline", isRefreshing: false, onDone: setResult });
  const added = useMemo(() => (result === null ? null : addImported(base.settings, result)), [base, result]);
  const checked = useMemo(() => (added === null ? null : checkSettings(base, added.settings, editing.view.options)), [base, added, editing.view.options]);
  const write = (next: string) => {
    setText(next);
    setResult(null);
    setFileProblem(undefined);
    clearFailure();
  };
  const save = async () => {
    if (checked === null) return void run({ ref: editing.view.ref, text });
    if (checked.settings === null) return;
    const saved = await editing.save(base, checked.settings);
    if (saved?.ok === true) onClose();
  };
  return (
    <EditSheet
      title="Import kong.yml"
      description="Routes of an existing stack become routes of this project. Keys, passwords and certificates in the file are never kept."
      isDirty={text !== ""}
      hasMore={text.trim() !== "" && (checked === null || checked.changes.length > 0)}
      isBusy={isBusy || editing.isBusy}
      isValid={checked === null || checked.settings !== null}
      saveLabel={checked === null ? "Read file" : "Put into the draft"}
      onInvalid={() => undefined}
      onSave={() => void save()}
      onClose={onClose}
      acts={<ChooseFile onText={write} onProblem={setFileProblem} />}
    >
      <Field label="kong.yml" error={fileProblem ?? fieldError("text")} hint="Paste the whole file, or choose it.">
        <Textarea ref={area} isMono wrap="off" autoComplete="off" autoCapitalize="off" spellCheck={false} autoFocus className={result === null ? "h-[min(24rem,45vh)]" : "h-36"} value={text} onChange={(event) => write(event.target.value)} />
      </Field>
      {failure !== null && fieldError("text") === undefined && <Notice tone="bad">{Object.values(failure.fields ?? {})[0] ?? failure.message}</Notice>}
      {result !== null && added !== null && checked !== null && (
        <ImportResult result={result} alreadyThere={added.alreadyThere} checked={checked} options={editing.view.options} onShowLine={(line) => area.current !== null && showLine(area.current, line)} />
      )}
    </EditSheet>
  );
}

/** Selects a line, counted from 1, and brings it into view. */
function showLine(area: HTMLTextAreaElement, line: number): void {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = ((line - 2) / lines.length) * area.scrollHeight;
  area.scrollIntoView({ block: "nearest" });
}

function ChooseFile({ onText, onProblem }: { onText(text: string): void; onProblem(problem: string): void }) {
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File) => {
    if (file.size > maxKongTextBytes) return onProblem(`${file.name} has ${formatBytes(file.size)}; a kong.yml has ${formatBytes(maxKongTextBytes)} at most. Nothing was read.`);
    try {
      onText(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()));
    } catch {
      onProblem(`${file.name} cannot be read as text. Choose the kong.yml itself.`);
    }
  };
  return (
    <>
      <Button icon={<FileUp aria-hidden className="size-4" />} onClick={() => input.current?.click()}>
        Choose file
      </Button>
      <input
        ref={input}
        type="file"
        accept=".yml,.yaml,.json,application/yaml,text/yaml"
        aria-label="File"
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) void take(file);
          // The same file can be chosen again after it was changed.
          event.target.value = "";
        }}
      />
    </>
  );
}
