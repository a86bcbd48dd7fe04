"use client";
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";

export type RevealAct = Act<{ ref: string; names: string[] }, Record<string, string>>;

type Secrets = {
  shown: Readonly<Record<string, string>>;
  isBusy: boolean;
  /** Asks the worker; the answers are shown for a while and then hidden again. */
  reveal(names: readonly string[]): Promise<Readonly<Record<string, string>> | null>;
  hide(): void;
};

const SecretsContext = createContext<Secrets | null>(null);

const shownForMs = 90_000;

/** Holds what was revealed on this page, in memory only, and forgets it after a while. */
export function SecretsProvider({ projectRef, act, children }: { projectRef: string; act: RevealAct; children: ReactNode }) {
  const [shown, setShown] = useState<Readonly<Record<string, string>>>({});
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const { run, isBusy } = useAct(act, { isRefreshing: false });
  useEffect(() => () => clearTimeout(timer.current), []);

  const hide = useCallback(() => setShown({}), []);
  const reveal = useCallback(
    async (names: readonly string[]) => {
      const missing = names.filter((name) => shown[name] === undefined);
      if (missing.length === 0) return shown;
      const result = await run({ ref: projectRef, names: missing });
      if (result === null || !result.ok) return null;
      const next = { ...shown, ...result.data };
      setShown(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(hide, shownForMs);
      return next;
    },
    [shown, run, projectRef, hide],
  );

  const value = useMemo(() => ({ shown, isBusy, reveal, hide }), [shown, isBusy, reveal, hide]);
  return <SecretsContext value={value}>{children}</SecretsContext>;
}

export function useSecrets(): Secrets {
  const secrets = use(SecretsContext);
  if (secrets === null) throw new Error("useSecrets needs a SecretsProvider around it.");
  return secrets;
}
