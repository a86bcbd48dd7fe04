"use client";
import { Play } from "lucide-react";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { Field } from "@/components/ui/field";
import { formatDuration } from "@/components/ui/format-units";
import { Input, Select, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { FunctionAnswer } from "./function-acts";

export type CallInput = { ref: string; name: string; method: string; path: string; body: string };
export type CallAct = Act<CallInput, FunctionAnswer>;

const methods = ["POST", "GET", "PUT", "PATCH", "DELETE"];

/** Calls the function through the project's own gateway with its publishable key, and shows what came back. */
export function FunctionCaller({ projectRef, name, act }: { projectRef: string; name: string; act: CallAct }) {
  const [method, setMethod] = useState("POST");
  const [path, setPath] = useState("");
  const [body, setBody] = useState('{ "name": "world" }');
  const [answer, setAnswer] = useState<FunctionAnswer | null>(null);
  const { run, isBusy, failure, fieldError } = useAct(act, { failures: "inline", isRefreshing: false, onDone: setAnswer });
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void run({ ref: projectRef, name, method, path, body: method === "GET" ? "" : body });
      }}
    >
      {failure && !failure.fields && <Notice tone="bad">{failure.message}</Notice>}
      <div className="flex flex-wrap items-end gap-2">
        <Field label="Method">
          <Select value={method} onChange={(event) => setMethod(event.target.value)} options={methods.map((value) => ({ value, label: value }))} />
        </Field>
        <Field label={`After /functions/v1/${name}`} error={fieldError("path")} className="flex-1 basis-48">
          <Input isMono autoComplete="off" spellCheck={false} placeholder="/path?query" value={path} onChange={(event) => setPath(event.target.value)} />
        </Field>
        <Button type="submit" variant="primary" isBusy={isBusy} icon={<Play aria-hidden className="size-4" />}>
          Call
        </Button>
      </div>
      {method !== "GET" && (
        <Field label="Body" error={fieldError("body")}>
          <Textarea isMono rows={4} spellCheck={false} value={body} onChange={(event) => setBody(event.target.value)} />
        </Field>
      )}
      {answer && (
        <div className="flex flex-col gap-2" aria-live="polite">
          <p className="text-sm">
            <span className={answer.status < 400 ? "font-medium text-good" : "font-medium text-bad"}>Status {answer.status}</span>
            <span className="ml-3 text-ink-3">
              {formatDuration(answer.durationMs)}, {answer.headers["content-type"] ?? "no content type"}
            </span>
          </p>
          <CodeBlock text={answer.body} label="answer" isWrapped />
        </div>
      )}
    </form>
  );
}
