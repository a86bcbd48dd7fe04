"use client";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import { kongTellsNot } from "@/components/routes/health-words";
import { TimeAgo } from "@/components/ui/time-ago";
import type { ApiKeyView, KeysView } from "@/lib/projects/views";
import { legacyKeysEnd } from "@/lib/stack/key-words";
import type { KeysActs } from "./keys-acts";
import { replacedSentence, sayUse } from "./key-words";

const offWords = {
  envoy: "The legacy keys are off: a request that carries one is refused, on every route. Those still sent are counted below.",
  kong: "The legacy keys are off: a request that carries one is refused, on every route. Kong does not count those still sent; what is below was counted before.",
};

/** Who still sends legacy keys, counted by the gateway. */
export function LegacyUses({ view, gateway }: { view: KeysView; gateway: "envoy" | "kong" }) {
  const legacy = view.keys.filter((key) => key.uses !== null);
  const callers = legacy.flatMap((key) => (key.uses?.callers ?? []).map((caller) => ({ ...caller, label: key.label })));
  return (
    <>
      <Notice tone={view.legacy === "off" ? "info" : "warn"}>{view.legacy === "off" ? offWords[gateway] : legacyKeysEnd}</Notice>
      {gateway === "kong" && view.legacy !== "off" && <p className="text-sm text-ink-2">{kongTellsNot.keys}</p>}
      <dl className="grid gap-3 sm:grid-cols-2">
        {legacy.map((key) => (
          <Counter key={key.kind} apiKey={key} />
        ))}
      </dl>
      {callers.length > 0 && (
        <Table label="Who still sends legacy keys">
          <TableHead>
            <HeadCell>Key</HeadCell>
            <HeadCell>Route</HeadCell>
            <HeadCell>Program</HeadCell>
            <HeadCell>Network</HeadCell>
            <HeadCell isNumber>Requests, 7 days</HeadCell>
            <HeadCell>Last</HeadCell>
          </TableHead>
          <tbody>
            {callers.map((caller) => (
              <Row key={`${caller.label} ${caller.routeId} ${caller.network} ${caller.userAgent}`}>
                <Cell className="whitespace-nowrap">{caller.label}</Cell>
                <Cell className="whitespace-nowrap font-mono text-sm">{caller.path ?? caller.routeId}</Cell>
                <Cell className="min-w-56 max-w-80 text-sm [overflow-wrap:anywhere]">{caller.userAgent === "" ? "not said" : caller.userAgent}</Cell>
                <Cell className="whitespace-nowrap font-mono text-sm">{caller.network}</Cell>
                <Cell isNumber>{caller.requests.toLocaleString("en-GB")}</Cell>
                <Cell>
                  <TimeAgo at={caller.lastAt} />
                </Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}

function Counter({ apiKey: { label, uses } }: { apiKey: ApiKeyView }) {
  if (uses === null) return null;
  return (
    <div className="rounded border border-line bg-surface px-4 py-3">
      <dt className="text-sm text-ink-3">{label}</dt>
      <dd className="flex flex-wrap gap-x-6 gap-y-1">
        <span>
          <span className="text-lg font-semibold">{uses.requestsLastDay.toLocaleString("en-GB")}</span> <span className="text-sm text-ink-3">requests in 24 hours</span>
        </span>
        <span>
          <span className="text-lg font-semibold">{uses.requestsLastWeek.toLocaleString("en-GB")}</span> <span className="text-sm text-ink-3">in 7 days</span>
        </span>
      </dd>
    </div>
  );
}

type SwitchProps = { view: KeysView; act: KeysActs["switchLegacy"]; whyNot: string | null };

/** Switches the legacy keys; off asks once more when they were used lately. */
export function LegacySwitch({ view, act, whyNot }: SwitchProps) {
  const isOff = view.legacy !== "off";
  const [isOpen, setOpen] = useState(false);
  const [isAcknowledged, setAcknowledged] = useState(false);
  const { run, isBusy, failure } = useAct(act, { failures: "inline", onDone: () => setOpen(false) });
  const sum = (of: (key: ApiKeyView) => number) => view.keys.reduce((total, key) => total + of(key), 0);
  const used = isOff ? sayUse(sum((key) => key.uses?.requestsLastDay ?? 0), sum((key) => key.uses?.requestsLastWeek ?? 0)) : null;
  const verb = isOff ? "Switch off" : "Switch on";
  return (
    <>
      <Button size="sm" variant={isOff ? "danger-quiet" : "secondary"} aria-label={`${verb} legacy keys`} disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => setOpen(true)}>
        {verb}
      </Button>
      <Dialog isOpen={isOpen} onOpenChange={setOpen} title={`${verb} legacy keys`} description={isOff ? "The gateway refuses both legacy keys on every route. They can be switched on again." : "The gateway takes both legacy keys again, the same as before."}>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            void run({ ref: view.ref, isOff, acknowledgesUse: isAcknowledged });
          }}
        >
          {failure && <Notice tone="bad">{failure.message}</Notice>}
          {used !== null && <Notice tone="warn">{used}</Notice>}
          {used !== null && <Checkbox name="acknowledgesUse" label="Refuse them all the same" checked={isAcknowledged} onChange={(event) => setAcknowledged(event.target.checked)} />}
          <p className="text-sm text-ink-2">{replacedSentence("legacy", view.services)}</p>
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Leave as they are</Button>
            <Button type="submit" variant={isOff ? "danger" : "primary"} isBusy={isBusy} disabled={used !== null && !isAcknowledged}>
              {verb}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
