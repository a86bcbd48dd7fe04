"use client";
import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { CodeBlock, Mono } from "@/components/ui/code-block";
import { Notice } from "@/components/ui/notice";
import { downloadText } from "@/components/ui/save-file";
import { Tabs } from "@/components/ui/tabs";
import type { DrawnProxy } from "./draw-proxies";

/** The configuration of every proxy, to copy or to save. */
export function ProxyTabs({ proxies }: { proxies: readonly DrawnProxy[] }) {
  return (
    <div className="min-w-0 rounded border border-line bg-surface">
      <Tabs label="Proxies" tabs={proxies.map((proxy) => ({ id: proxy.id, label: proxy.label, content: <Proxy proxy={proxy} /> }))} />
    </div>
  );
}

function Proxy({ proxy: { label, files, hints, refusal } }: { proxy: DrawnProxy }) {
  if (refusal !== null) return <Notice tone="warn">{refusal}</Notice>;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {files.map(({ path, content }) => (
        <div key={path} className="flex min-w-0 flex-col gap-2">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <Mono>{path}</Mono>
            <Button size="sm" icon={<Download aria-hidden className="size-4" />} aria-label={`Download ${path}`} onClick={() => downloadText(path.split("/").at(-1) ?? "basehold.conf", content)}>
              Download
            </Button>
          </div>
          <CodeBlock text={content} label={files.length === 1 ? `${label} configuration` : `${label} configuration ${path}`} />
        </div>
      ))}
      {hints.length > 0 && (
        <ul className="flex list-disc flex-col gap-1 pl-5 text-sm text-ink-2">
          {hints.map((hint) => (
            <li key={hint}>{hint}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
