"use client";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { ConfirmByName } from "@/components/ui/confirm-by-name";
import { KeyValue } from "@/components/ui/key-value";
import { TimeAgo } from "@/components/ui/time-ago";
import type { KeysView } from "@/lib/projects/views";
import { jwtRotationEnds, jwtRotationKeeps, replacedServices } from "@/lib/stack/key-words";
import type { KeysActs } from "./keys-acts";

type JwtProps = { view: KeysView; act: KeysActs["rotateJwt"]; whyNot: string | null };

const list = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** The secret behind the legacy keys and the pair behind sessions, and their replacement with all that it ends. */
export function JwtSection({ view, act, whyNot }: JwtProps) {
  const [isOpen, setOpen] = useState(false);
  const [withSigningPair, setWithSigningPair] = useState(false);
  const { run, isBusy, failure, fieldError } = useAct(act, { failures: "inline", onDone: () => setOpen(false) });
  return (
    <div className="flex flex-col gap-4 rounded border border-line bg-surface px-4 py-3">
      <KeyValue
        pairs={[
          { key: "JWT secret", value: <Made at={view.jwtSecretMadeAt} what="Signs the legacy keys (HS256)" /> },
          { key: "Signing pair", value: <Made at={view.signingPairMadeAt} what="Signs sessions (ES256)" /> },
        ]}
      />
      {view.mayRotate && (
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
          <Checkbox name="withSigningPair" label="Make a new signing pair too" hint="Only when it may have leaked: it ends every access token." checked={withSigningPair} onChange={(event) => setWithSigningPair(event.target.checked)} />
          <Button variant="danger-quiet" disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => setOpen(true)}>
            Rotate JWT secret
          </Button>
        </div>
      )}
      <ConfirmByName
        isOpen={isOpen}
        onOpenChange={setOpen}
        verb="Rotate"
        name={`JWT secret of ${view.ref}`}
        expected={view.displayName}
        goes={jwtRotationEnds(view.services, withSigningPair)}
        stays={[jwtRotationKeeps(withSigningPair), "All data."]}
        until={`Replaced: ${list.format(replacedServices("jwt", view.services))}. Requests may fail for some seconds. Once it is done it cannot be taken back.`}
        error={fieldError("confirmName") ?? failure?.message}
        isBusy={isBusy}
        onConfirm={(confirmName) => void run({ ref: view.ref, confirmName, withSigningPair })}
      />
    </div>
  );
}

function Made({ at, what }: { at: string | null; what: string }) {
  return (
    <>
      {what}
      {at !== null && <TimeAgo at={at} prefix=", made " isInline />}
    </>
  );
}
