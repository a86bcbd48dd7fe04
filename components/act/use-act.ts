"use client";
import { useRouter } from "next/navigation";
import { useCallback, useRef, useState } from "react";
import { showToast } from "@/components/ui/toast";
import type { Act, ActFailure, ActResult } from "./act-result";
import { usePasswordPrompt } from "./password-prompt";

type Options<Output> = {
  onDone?(data: Output): void;
  /** Said in a toast when it worked. */
  done?: string;
  /** `toast`: failures are said in passing; `inline`: the caller shows `failure` itself. */
  failures?: "toast" | "inline";
  /** Draws the page anew with what changed. On unless said otherwise. */
  isRefreshing?: boolean;
};

const unreachable: ActFailure = { code: "unreachable", message: "The panel did not answer. Your projects keep running; check that the web process is up and try again." };

/** Calls an act. When it wants the password again, asks for it and retries; a second press while it runs is ignored. */
export function useAct<Input, Output>(act: Act<Input, Output>, options: Options<Output> = {}) {
  const router = useRouter();
  const askPassword = usePasswordPrompt();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ActFailure | null>(null);
  const isRunning = useRef(false);
  const { onDone, done, failures = "toast", isRefreshing = true } = options;

  const run = useCallback(
    async (input: Input): Promise<ActResult<Output> | null> => {
      if (isRunning.current) return null;
      isRunning.current = true;
      setBusy(true);
      setFailure(null);
      try {
        let result = await attempt(act, input);
        if (!result.ok && result.error.code === "password-required") {
          if (!(await askPassword())) return null;
          result = await attempt(act, input);
        }
        if (result.ok) {
          if (done) showToast(done);
          if (isRefreshing) router.refresh();
          onDone?.(result.data);
        } else {
          setFailure(result.error);
          if (failures === "toast") showToast(result.error.message, { tone: "bad", lastsMs: 9000 });
        }
        return result;
      } finally {
        isRunning.current = false;
        setBusy(false);
      }
    },
    [act, askPassword, done, failures, isRefreshing, onDone, router],
  );

  const fieldError = (name: string) => failure?.fields?.[name];
  return { run, isBusy, failure, fieldError, clearFailure: () => setFailure(null) };
}

async function attempt<Input, Output>(act: Act<Input, Output>, input: Input): Promise<ActResult<Output>> {
  try {
    return await act(input);
  } catch {
    return { ok: false, error: unreachable };
  }
}
