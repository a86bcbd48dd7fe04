"use client";
import { Download, ShieldCheck } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { CodeBlock, Mono } from "@/components/ui/code-block";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { downloadText } from "@/components/ui/save-file";
import { Tabs } from "@/components/ui/tabs";
import type { DrawnProxies, DrawnProxy, ProxyWish } from "./draw-proxies";

type ExternalProxyProps = { project: { ref: string; upstream: { host: string; port: number }; hostname: string } };

/** Ready configurations for a proxy that somebody runs already, drawn while its names are typed. */
export function ExternalProxy({ project }: ExternalProxyProps) {
  const [wish, setWish] = useState<ProxyWish>({ hostnames: project.hostname, certificatePath: "", keyPath: "" });
  const drawn = useDrawnProxies(project, wish);
  const set = (field: keyof ProxyWish) => (event: { target: { value: string } }) => setWish((before) => ({ ...before, [field]: event.target.value }));
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label="Host names" hint="Separated by spaces, for example api.example.com." error={drawn.errors.hostnames}>
          <Input name="hostnames" autoComplete="off" spellCheck={false} value={wish.hostnames} onChange={set("hostnames")} />
        </Field>
        <Field label="Certificate file" hint="On the proxy's machine. Empty: Caddy and Traefik get one by themselves." error={drawn.errors.certificatePath}>
          <Input name="certificatePath" autoComplete="off" spellCheck={false} value={wish.certificatePath} onChange={set("certificatePath")} />
        </Field>
        <Field label="Key file" error={drawn.errors.keyPath}>
          <Input name="keyPath" autoComplete="off" spellCheck={false} value={wish.keyPath} onChange={set("keyPath")} />
        </Field>
      </div>
      {drawn.proxies.length > 0 && (
        <div className="min-w-0 rounded border border-line bg-surface">
          <Tabs label="Proxies" tabs={drawn.proxies.map((proxy) => ({ id: proxy.id, label: proxy.label, content: <Proxy proxy={proxy} /> }))} />
        </div>
      )}
    </div>
  );
}

const nothingYet: DrawnProxies = { proxies: [], errors: {} };

/** The renderers are larger than the rest of the page, and most people never need them: they come with the first thing that is typed. */
function useDrawnProxies(project: ExternalProxyProps["project"], wish: ProxyWish): DrawnProxies {
  const [draw, setDraw] = useState<typeof import("./draw-proxies").drawProxies | null>(null);
  const isTyped = Object.values(wish).some((text) => text !== "");
  useEffect(() => {
    if (isTyped) void import("./draw-proxies").then(({ drawProxies }) => setDraw(() => drawProxies));
  }, [isTyped]);
  return draw === null ? nothingYet : draw(project, wish);
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
          <CodeBlock text={content} label={`${label} configuration`} />
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

type CheckProps = { projectRef: string; act: Act<{ ref: string }, { operationId: string }>; whyNot: string | null };

/** Sends the contract through the public URL; the operation says what was answered. */
export function CheckPublicButton({ projectRef, act, whyNot }: CheckProps) {
  const router = useRouter();
  const { run, isBusy } = useAct(act, { onDone: ({ operationId }) => router.push(`/operations/${operationId}`) });
  return (
    <Button icon={<ShieldCheck aria-hidden className="size-4" />} disabled={whyNot !== null} isBusy={isBusy} onClick={() => void run({ ref: projectRef })}>
      Check
    </Button>
  );
}
