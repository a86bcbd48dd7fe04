"use client";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import type { GatewaySwitchView } from "@/lib/projects/views";
import { gatewayNames } from "@/lib/stack/gateways";
import type { SwitchActs } from "./switch-acts";

type Props = { view: GatewaySwitchView; acts: SwitchActs };

/** Switches to the other gateway, or back to the one that was kept; what it does otherwise is confirmed once. */
export function SwitchButton({ view, acts }: Props) {
  const { ref, to, report, beside, whyNot } = view;
  const [isOpen, setOpen] = useState(false);
  const [isAcknowledged, setAcknowledged] = useState(false);
  const { run, isBusy, failure } = useAct(acts.switchTo, { failures: "inline", onDone: () => setOpen(false) });
  // What was there before is known.
  const differences = beside?.state === "kept" ? [] : report.differences.filter(({ severity }) => severity === "differs");
  const verb = `${beside?.state === "kept" ? "Switch back" : "Switch"} to ${gatewayNames[to]}`;
  return (
    <>
      <Button variant={beside?.state === "kept" ? "secondary" : "primary"} disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => setOpen(true)}>
        {verb}
      </Button>
      <Dialog isOpen={isOpen} onOpenChange={setOpen} title={verb} description={`${gatewayNames[to]} starts beside ${gatewayNames[view.serving]} and is proven on an address of its own. Only then the traffic moves.`}>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            void run({ ref, to, acknowledged: isAcknowledged ? [...new Set(differences.map(({ id }) => id))] : [] });
          }}
        >
          {failure && <Notice tone="bad">{failure.message}</Notice>}
          <WhatHappens view={view} />
          {differences.length > 0 && <Checkbox name="acknowledged" label={`I have read what ${gatewayNames[to]} does otherwise`} checked={isAcknowledged} onChange={(event) => setAcknowledged(event.target.checked)} />}
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Stay with {gatewayNames[view.serving]}</Button>
            <Button type="submit" variant="primary" isBusy={isBusy} disabled={differences.length > 0 && !isAcknowledged}>
              {verb}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

function WhatHappens({ view: { serving, to, keepsSockets, keptHours } }: Pick<Props, "view">) {
  const [old, next] = [gatewayNames[serving], gatewayNames[to]];
  return (
    <ul className="flex list-disc flex-col gap-1 pl-4 text-sm text-ink-2">
      {keepsSockets ? <li>The edge hands the traffic over: no request is lost. Open sockets stay on {old} for up to {keptHours} h.</li> : <li>No edge stands in front of this project. Nothing answers for a few seconds while the two exchange its address, and open sockets close. With the edge on (Settings, Edge) nothing would.</li>}
      <li>
        {old} is kept for {keptHours} h. Until then you can switch back at once; changes of routes and keys reach both.
      </li>
      <li>If {next} does not prove the contract, {old} goes on serving.</li>
    </ul>
  );
}

/** Ends the gateway that was kept, before its time. */
export function EndBesideButton({ view, acts }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy, failure } = useAct(acts.endBeside, { failures: "inline", onDone: () => setOpen(false) });
  const { beside } = view;
  if (beside?.state !== "kept") return null;
  const name = gatewayNames[beside.kind];
  return (
    <>
      <Button variant="danger-quiet" disabled={view.openOperationId !== null} onClick={() => setOpen(true)}>
        End {name} now
      </Button>
      <Dialog isOpen={isOpen} onOpenChange={setOpen} title={`End ${name}`} description={`Sockets that are still open on ${name} close. A later switch starts it anew.`}>
        {failure && <Notice tone="bad">{failure.message}</Notice>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={() => setOpen(false)}>Keep it</Button>
          <Button variant="danger" isBusy={isBusy} onClick={() => void run({ ref: view.ref })}>
            End {name}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
