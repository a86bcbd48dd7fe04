"use client";
import Link from "next/link";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";

/** As `EdgeView` of lib/projects has it. */
type Edge = { isOn: boolean; openOperationId: string | null; projectsBehind: number; waiting: { ref: string; displayName: string; reason: string | null }[]; domains: number; panelUrl: string | null };
type EdgeAct = Act<Record<string, never>, { operationId: string }>;
type EdgeProps = { edge: Edge; acts: { turnOn: EdgeAct; turnOff: EdgeAct } };

function sayWhatStays(domains: number, hasPanel: boolean): string {
  const names = domains === 1 ? "1 domain" : `${domains} domains`;
  if (domains === 0) return "The panel itself is served by it. It can be turned off when the panel has no name there.";
  return `${names}${hasPanel ? " and the panel itself are" : domains === 1 ? " is" : " are"} served by it. It can be turned off when nothing is.`;
}

const projectsWord = (count: number) => (count === 1 ? "1 project" : `${count} projects`);

/** Whether one edge stands in front of all projects, who has not followed yet, and the switch. */
export function EdgeSection({ edge, acts }: EdgeProps) {
  const { isOn, openOperationId, projectsBehind, waiting, domains, panelUrl } = edge;
  const staysOn = isOn && (domains > 0 || panelUrl !== null);
  return (
    <div className="flex min-w-0 flex-col gap-3 rounded border border-line bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <p className="min-w-0 flex-1 basis-72 text-ink-2">
          {isOn
            ? `On. One Caddy holds the addresses of ${projectsWord(projectsBehind)} and passes requests on to their gateways.`
            : `Off. Each project's gateway holds its address itself${projectsBehind > 0 ? `; ${projectsWord(projectsBehind)} ${projectsBehind === 1 ? "is" : "are"} still to leave the edge` : ""}.`}
        </p>
        <TurnButton isOn={isOn} isEnabled={openOperationId === null && !staysOn} act={isOn ? acts.turnOff : acts.turnOn} />
      </div>
      {staysOn && <p className="text-sm text-ink-3">{sayWhatStays(domains, panelUrl !== null)}</p>}
      {waiting.length > 0 && (openOperationId === null) && (isOn || projectsBehind > 0) && (
        <ul aria-label="Projects that have not followed" className="flex flex-col gap-1 text-sm">
          {waiting.map(({ ref, displayName, reason }) => (
            <li key={ref} className="min-w-0 [overflow-wrap:anywhere]">
              <Link href={`/projects/${ref}`} className="font-medium underline"><bdi>{displayName}</bdi></Link> <span className="text-ink-2">{reason === null ? "is to follow, once it is ready and nothing else runs on it." : `stayed as it was: ${reason}`}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function TurnButton({ isOn, isEnabled, act }: { isOn: boolean; isEnabled: boolean; act: EdgeAct }) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useAct(act, { onDone: () => setOpen(false) });
  const verb = isOn ? "Turn off" : "Turn on";
  return (
    <>
      <Button disabled={!isEnabled} onClick={() => setOpen(true)}>
        {verb}
      </Button>
      <Dialog
        isOpen={isOpen}
        onOpenChange={setOpen}
        title={`${verb} the edge`}
        description="Every project keeps its address. Each is moved by an operation of its own: its gateway is replaced, so it is unreachable for a few seconds, then the contract is proven; a project that fails goes back."
        footer={
          <Button variant="primary" isBusy={isBusy} onClick={() => void run({})}>
            {verb}
          </Button>
        }
      >
        <p className="text-ink-2">{isOn ? "When the last project has left, the edge is removed. Certificates that it got are kept." : "One Caddy is started on the host's network. New projects are put behind it as well."}</p>
      </Dialog>
    </>
  );
}
