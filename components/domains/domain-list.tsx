"use client";
import { Download, ExternalLink, Link2, MoreHorizontal, ShieldCheck } from "lucide-react";
import dynamic from "next/dynamic";
import { lazy, useState } from "react";
import { useAct } from "@/components/act/use-act";
import { CertificateEnd } from "@/components/edge/certificate-end";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { MenuOnPress } from "@/components/ui/menu-on-press";
import { FailureNote, Notice } from "@/components/ui/notice";
import { downloadText } from "@/components/ui/save-file";
import { StateBadge } from "@/components/ui/state-badge";
import type { DomainsView, DomainView } from "@/lib/projects/views";
import { DomainCheck } from "./domain-check";
import type { DomainSheet } from "./domain-menu-entries";
import { sayCertificateKind, sayRenewal, stillHolds } from "./domain-words";
import type { DomainsActs } from "./domains-acts";

// The menu and what it opens weigh more than the list: they come when somebody is about to press.
const loadSheets = () => import("./domain-dialogs");
const DomainSheets = dynamic(() => loadSheets().then((module) => module.DomainSheets), { ssr: false });
const loadEntries = () => import("./domain-menu-entries").then((module) => ({ default: module.DomainMenuEntries }));
const DomainMenuEntries = lazy(loadEntries);
const loadMenu = () => Promise.all([loadEntries(), loadSheets()]);

type ListProps = { view: DomainsView; acts: DomainsActs; whyNot: string | null };

/** Every domain of a project: whether it is open, its certificate, what was found of it, and what can be done. */
export function DomainList({ view, acts, whyNot }: ListProps) {
  return (
    <ul aria-label="Domains" className="flex flex-col gap-3">
      {view.domains.map((domain) => (
        <DomainItem key={domain.hostname} domain={domain} view={view} acts={acts} whyNot={whyNot} />
      ))}
    </ul>
  );
}

type ItemProps = ListProps & { domain: DomainView };

function DomainItem({ domain, view, acts, whyNot }: ItemProps) {
  const [wasChecked, setChecked] = useState(false);
  return (
    <li className="flex min-w-0 flex-col gap-3 rounded border border-line bg-surface px-4 py-3">
      <Head domain={domain} view={view} acts={acts} whyNot={whyNot} onChecked={() => setChecked(true)} />
      <Facts domain={domain} view={view} acts={acts} />
      <Trouble domain={domain} />
      <Found domain={domain} wasChecked={wasChecked} />
    </li>
  );
}

function Head({ domain, view, acts, whyNot, onChecked }: ItemProps & { onChecked(): void }) {
  const [opened, setOpened] = useState<DomainSheet | null>(null);
  const check = useAct(acts.check, { done: "Checked.", onDone: onChecked });
  const { hostname, displayName, kind, isMain, state, url } = domain;
  const isOpen = state === "open";
  const isAttachable = state === "added" || state === "failed";
  const edgeWhyNot = whyNotAttached(view) ?? whyNot;
  const trigger = <IconButton size="sm" label={`More for ${hostname}`} icon={<MoreHorizontal aria-hidden className="size-4" />} />;
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-2">
      <div className="flex min-w-0 flex-1 basis-64 flex-wrap items-center gap-x-3 gap-y-1">
        {isOpen ? (
          <a href={url} target="_blank" rel="noreferrer" className="inline-flex min-w-0 items-center gap-1.5 rounded-sm font-mono font-medium hover:underline [overflow-wrap:anywhere]">
            <bdi>{displayName}</bdi>
            <ExternalLink aria-hidden className="size-3.5 shrink-0 text-ink-3" />
          </a>
        ) : (
          <span className="min-w-0 font-mono font-medium [overflow-wrap:anywhere]"><bdi>{displayName}</bdi></span>
        )}
        <StateBadge kind="domain" state={state} />
        {isMain && <Badge tone="accent">Main</Badge>}
        {kind === "studio" && <Badge>Studio</Badge>}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {view.mayEdit && isAttachable && (
          <Button size="sm" variant="primary" icon={<Link2 aria-hidden className="size-4" />} aria-label={`Attach ${hostname}`} disabled={edgeWhyNot !== null} title={edgeWhyNot ?? undefined} onPointerEnter={() => void loadSheets()} onFocus={() => void loadSheets()} onClick={() => setOpened("attach")}>
            {state === "failed" ? "Try again" : "Attach"}
          </Button>
        )}
        {view.mayCheck && (
          <Button size="sm" icon={<ShieldCheck aria-hidden className="size-4" />} aria-label={`Check ${hostname}`} isBusy={check.isBusy} onClick={() => void check.run({ ref: view.ref, hostname })}>
            Check
          </Button>
        )}
        {view.mayEdit && <MenuOnPress trigger={trigger} load={loadMenu} menu={() => <DomainMenuEntries trigger={trigger} domain={domain} whyNot={whyNot} edgeWhyNot={edgeWhyNot} onOpen={setOpened} />} />}
      </div>
      {opened !== null && <DomainSheets opened={opened} projectRef={view.ref} domain={domain} acts={acts} onClose={() => setOpened(null)} />}
    </div>
  );
}

function whyNotAttached({ edge, state }: DomainsView): string | null {
  if (!edge.isOn) return "The edge is off.";
  if (!edge.isBehind) return "The project has not moved behind the edge yet.";
  return state === "paused" || state === "failed" ? `A domain is attached while the project is ready; it is ${state}.` : null;
}

function Facts({ domain: { tls, certificate, redirectsHttp, hstsSeconds, state }, view, acts }: Omit<ItemProps, "whyNot">) {
  const root = useAct(acts.root, { isRefreshing: false, onDone: ({ pem }) => pem !== null && downloadText("basehold-edge-root.pem", pem) });
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1.5 text-sm text-ink-2">
      <span>{sayCertificateKind(tls, view.edge.authority)}{certificate !== null && tls !== "internal" && <>, issued by <bdi>{certificate.issuer}</bdi></>}</span>
      {certificate !== null && <CertificateEnd certificate={certificate} />}
      {tls === "internal" && state === "open" && (
        <Button size="sm" variant="ghost" icon={<Download aria-hidden className="size-4" />} isBusy={root.isBusy} onClick={() => void root.run({ ref: view.ref })}>
          Download root
        </Button>
      )}
      <span className="text-ink-3">{redirectsHttp ? "HTTP goes to HTTPS" : "HTTP is served as well"}{hstsSeconds !== null && hstsSeconds > 0 ? ", HSTS" : ""}</span>
    </div>
  );
}

function Trouble({ domain: { state, stateReason, certificate, tls } }: { domain: DomainView }) {
  const isEnding = state === "open" && certificate !== null && (certificate.level !== "ok" || certificate.problem !== null);
  return (
    <>
      {state === "failed" && stateReason !== null && <FailureNote what={stateReason} stillWorks="The project is as it was, and answers where it did." todo="Mend the cause, check, then try again." />}
      {isEnding && certificate !== null && (
        <Notice tone={certificate.level === "urgent" || certificate.level === "expired" ? "bad" : "warn"}>
          {certificate.level === "expired" ? "Its certificate has ended: browsers refuse the name. " : ""}
          {sayRenewal({ tls, problem: certificate.problem })}
        </Notice>
      )}
    </>
  );
}

/** Open until the name is served, and for whoever has just had it looked at. */
function Found({ domain: { hostname, check, state }, wasChecked }: { domain: DomainView; wasChecked: boolean }) {
  if (check === null) return null;
  const { items, isFromBefore } = stillHolds(check, state);
  const what = `what the last check${isFromBefore ? ", made before it was attached," : ""} found`;
  return (
    <details open={state !== "open" || wasChecked} className="group">
      <summary className="inline-flex min-h-7 items-center rounded px-1.5 text-sm text-ink-2 hover:text-ink max-sm:min-h-11">
        <span className="group-open:hidden">Show {what}</span>
        <span className="hidden group-open:inline">Hide {what}</span>
      </summary>
      <div className="pt-2">
        <DomainCheck hostname={hostname} check={{ ...check, items }} isFromBefore={isFromBefore} />
      </div>
    </details>
  );
}
