"use client";
import { ShieldCheck } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { DrawnProxies, ProxyWish } from "./draw-proxies";

const ProxyTabs = dynamic(() => import("./proxy-tabs").then((module) => module.ProxyTabs));

type Project = { ref: string; upstream: { host: string; port: number } };

/** `starts`: what is drawn while nothing is typed. */
type ExternalProxyProps = { project: Project; starts: { wish: ProxyWish; drawn: DrawnProxies } };

/** Ready configurations for a proxy that somebody runs already, drawn while its names are typed. */
export function ExternalProxy({ project, starts }: ExternalProxyProps) {
  const [typed, setTyped] = useState<ProxyWish | null>(null);
  const wish = typed ?? starts.wish;
  const drawn = useDrawnProxies(project, typed) ?? starts.drawn;
  const set = (field: keyof ProxyWish) => (event: { target: { value: string } }) => setTyped((before) => ({ ...(before ?? starts.wish), [field]: event.target.value }));
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
      {drawn.proxies.length > 0 && <ProxyTabs proxies={drawn.proxies} />}
    </div>
  );
}

/** The renderers are larger than the rest of the page, and most people never need them: they come with the first thing that is typed. Null until then. */
function useDrawnProxies(project: Project, typed: ProxyWish | null): DrawnProxies | null {
  const [draw, setDraw] = useState<typeof import("./draw-proxies").drawProxies | null>(null);
  const isTyped = typed !== null;
  useEffect(() => {
    if (isTyped) void import("./draw-proxies").then(({ drawProxies }) => setDraw(() => drawProxies));
  }, [isTyped]);
  return draw === null || typed === null ? null : draw(project, typed);
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
