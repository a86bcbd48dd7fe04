"use client";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { edgeLoadNote } from "@/lib/gateway/edge-load";
import type { StudioView } from "@/lib/projects/views";
import { whyOnLocalAddress } from "./reach-words";
import type { StudioActs } from "./studio-acts";

type Props = { view: Pick<StudioView, "ref" | "settings" | "isBehindEdge" | "addresses" | "mayChange" | "routeNetworks">; act: StudioActs["changeSettings"]; whyNot: string | null };

const linesOf = (text: string) => text.split(/[\s,]+/).filter((line) => line !== "");

/** From which networks Studio is reached, and at which addresses. */
export function ReachForm({ view, act, whyNot }: Props) {
  const { settings, isBehindEdge, mayChange } = view;
  const [networks, setNetworks] = useState(settings.allowedNetworks?.join("\n") ?? "");
  const [isOnApiNames, setOnApiNames] = useState(settings.isOnApiNames);
  const [isOnLocalAddress, setOnLocalAddress] = useState(settings.isOnLocalAddress);
  const { run, isBusy, failure } = useAct(act, { failures: "inline" });
  const typed = linesOf(networks);
  const isNetworksDirty = typed.join("\n") !== (settings.allowedNetworks?.join("\n") ?? "");
  const isAddressDirty = isOnApiNames !== settings.isOnApiNames || isOnLocalAddress !== settings.isOnLocalAddress;
  const networkError = Object.entries(failure?.fields ?? {}).find(([name]) => name.startsWith("allowedNetworks"))?.[1];
  const isLocked = !mayChange || whyNot !== null;
  const whyLocal = whyOnLocalAddress(view, isOnApiNames);
  return (
    <form
      className="flex min-w-0 flex-col gap-4 rounded border border-line bg-surface px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        void run({ ref: view.ref, allowedNetworks: typed.length === 0 ? null : typed, isOnApiNames, isOnLocalAddress });
      }}
    >
      {failure && networkError === undefined && <Notice tone="bad">{failure.message}</Notice>}
      <Field label="Networks that may reach Studio" isDirty={isNetworksDirty} error={networkError} hint={networkHint(view)}>
        <Textarea isMono rows={3} value={networks} disabled={isLocked} placeholder="203.0.113.0/24" onChange={(event) => setNetworks(event.target.value)} />
      </Field>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 flex items-center gap-2 text-sm font-medium">
          Studio answers at
          {isAddressDirty && <span className="text-xs font-normal text-warn">Not saved</span>}
        </legend>
        <Checkbox label="Names of the API" hint="Off, the public address serves the API alone." checked={isOnApiNames} disabled={isLocked || !isBehindEdge} onChange={(event) => setOnApiNames(event.target.checked)} />
        <Checkbox label="The project's address on the machine" hint={whyLocal} checked={isOnLocalAddress} disabled={isLocked || (whyLocal !== undefined && isOnLocalAddress)} onChange={(event) => setOnLocalAddress(event.target.checked)} />
        {isBehindEdge && <p className="text-sm text-ink-3">A name of its own, added under Domains, serves it always.</p>}
      </fieldset>
      {mayChange && (
        <div className="flex flex-wrap items-center justify-end gap-3">
          <span className="min-w-0 flex-1 basis-56 text-sm text-ink-3">{whyNot ?? (isBehindEdge ? edgeLoadNote : "Requests and sockets of the API go on while it changes.")}</span>
          <Button type="submit" variant="primary" isBusy={isBusy} disabled={isLocked || (!isNetworksDirty && !isAddressDirty)}>
            Save
          </Button>
        </div>
      )}
    </form>
  );
}

/** What a list means where it is kept to: the edge sees clients, a gateway alone sees who connects to it. */
function networkHint({ isBehindEdge, routeNetworks }: Props["view"]): string {
  const where = isBehindEdge
    ? "An address or network a line; empty means everyone. The edge keeps to it, also for whoever has a password."
    : "An address or network a line; empty means everyone. The gateway keeps to it: requests from this machine itself reach it from the address of the project's network, and those through a proxy from the proxy's.";
  return routeNetworks === null ? where : `${where} The dashboard's route is limited to ${routeNetworks.join(", ")} on the Routes page as well; both count.`;
}
