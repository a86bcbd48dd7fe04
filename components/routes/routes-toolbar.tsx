"use client";
import { ArrowLeftRight, FileInput, FlaskConical, Network, Plus, RotateCcw } from "lucide-react";
import { useAct } from "@/components/act/use-act";
import { Button, ButtonLink } from "@/components/ui/button";
import { useRoutesEditing } from "./routes-context";

/** Acts on the routes as a whole. Trying a request is for everyone who sees them. */
export function RoutesToolbar() {
  const editing = useRoutesEditing();
  if (editing === null) return null;
  const { view, isLocked, open } = editing;
  return (
    <>
      <ButtonLink variant="ghost" href={`/projects/${view.ref}/routes/gateway`} icon={<ArrowLeftRight aria-hidden className="size-4" />}>
        Envoy or Kong
      </ButtonLink>
      <Button icon={<FlaskConical aria-hidden className="size-4" />} onClick={() => open({ kind: "try" })}>
        Try a request
      </Button>
      {view.mayOpenNetworks && (
        <Button icon={<Network aria-hidden className="size-4" />} disabled={isLocked} onClick={() => open({ kind: "networks" })}>
          Private networks
        </Button>
      )}
      {view.mayEdit && (
        <Button icon={<FileInput aria-hidden className="size-4" />} disabled={isLocked} onClick={() => open({ kind: "import" })}>
          Import kong.yml
        </Button>
      )}
      {view.mayEdit && (
        <Button variant="primary" icon={<Plus aria-hidden className="size-4" />} disabled={isLocked} onClick={() => open({ kind: "own", id: null })}>
          Add route
        </Button>
      )}
    </>
  );
}

/** Brings an earlier revision back as a draft. */
export function RestoreButton({ number }: { number: number }) {
  const editing = useRoutesEditing();
  return editing?.view.mayEdit === true ? <Restore number={number} editing={editing} /> : <span />;
}

function Restore({ number, editing: { acts, view, isLocked } }: { number: number; editing: NonNullable<ReturnType<typeof useRoutesEditing>> }) {
  const { run, isBusy } = useAct(acts.restore, { done: "It is a draft now. Look at its changes, then apply it." });
  const name = number === 0 ? "the release's routes" : `revision ${number}`;
  return (
    <Button size="sm" className="justify-self-start" aria-label={`Restore ${name}`} icon={<RotateCcw aria-hidden className="size-4" />} disabled={isLocked} isBusy={isBusy} onClick={() => void run({ ref: view.ref, number })}>
      Restore
    </Button>
  );
}
