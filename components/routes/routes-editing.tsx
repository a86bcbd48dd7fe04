"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useCallback, useMemo, useState, type ReactNode } from "react";
import { useAct } from "@/components/act/use-act";
import { useDirtyMark } from "@/components/settings-form/leave-guard";
import { showToast } from "@/components/ui/toast";
import type { GatewaySettings } from "@/lib/gateway/route-model";
import type { GatewayView } from "@/lib/projects/views";
import type { EditTarget, RouteActs } from "./route-acts";
import { EditingContext, type Conflict, type SaveResult, type Seen } from "./routes-context";

// Rules, expressions and words weigh more than the rest of the page: they come when somebody edits.
const EditSheets = dynamic(() => import("./edit-sheets").then((module) => module.EditSheets), { ssr: false });
const ConflictDialog = dynamic(() => import("./conflict-dialog").then((module) => module.ConflictDialog), { ssr: false });

type ProviderProps = { view: GatewayView; acts: RouteActs; isLocked: boolean; children: ReactNode };

/** Holds what is being edited on the routes page. Every change is saved to the project's one draft at once; nothing is in force before it is applied. */
export function RoutesEditingProvider({ view, acts, isLocked, children }: ProviderProps) {
  const router = useRouter();
  const [target, setTarget] = useState<EditTarget | null>(null);
  const { seen, remember } = useSeen(view);
  const [watched, watch] = useState<number | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const { run, isBusy } = useAct(acts.saveDraft, { failures: "inline" });
  useDirtyMark("route conflict", conflict !== null);
  const save = useCallback(
    async (base: Seen, mine: GatewaySettings): Promise<SaveResult> => {
      const result = await run({ ref: view.ref, settings: mine, version: base.version });
      if (result?.ok === true) remember({ settings: result.data.version === null ? view.settings : mine, version: result.data.version });
      else if (result?.error.code === "draft-changed") setConflict({ base, mine });
      else if (result) showToast(Object.values(result.error.fields ?? {})[0] ?? result.error.message, { tone: "bad", lastsMs: 9000 });
      return result;
    },
    [remember, run, view],
  );
  const value = useMemo(() => ({ view, seen, acts, isLocked, isBusy, open: setTarget, watched, watch, save }), [view, seen, acts, isLocked, isBusy, watched, save]);
  return (
    <EditingContext value={value}>
      {children}
      {target !== null && <EditSheets target={target} onOpen={setTarget} onClose={() => setTarget(null)} />}
      {conflict !== null && (
        <ConflictDialog
          key={conflict.base.version}
          conflict={conflict}
          onClose={(isSettled) => {
            setConflict(null);
            // Theirs is what the page has to show from now on.
            router.refresh();
            if (isSettled) setTarget(null);
          }}
        />
      )}
    </EditingContext>
  );
}

/** The draft as the page shows it, or, until the page has been drawn anew, as it was just saved. */
function useSeen(view: GatewayView): { seen: Seen; remember(seen: Seen): void } {
  const drawn = view.draft?.version ?? null;
  const [saved, setSaved] = useState<Seen | null>(null);
  const [lastDrawn, setLastDrawn] = useState(drawn);
  if (lastDrawn !== drawn) {
    setLastDrawn(drawn);
    setSaved(null);
  }
  const seen = useMemo(() => saved ?? { settings: view.draft?.settings ?? view.settings, version: drawn }, [saved, drawn, view]);
  const remember = useCallback((now: Seen) => setSaved(now.version === drawn ? null : now), [drawn]);
  return { seen, remember };
}
