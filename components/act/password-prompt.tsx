"use client";
import dynamic from "next/dynamic";
import { createContext, use, useCallback, useRef, useState, type ReactNode } from "react";
import type { Act } from "./act-result";

const PasswordDialog = dynamic(() => import("./password-dialog").then((module) => module.PasswordDialog), { ssr: false });

const PromptContext = createContext<() => Promise<boolean>>(() => Promise.resolve(false));

/** One dialog for the whole panel that asks for the password again. Its code is fetched when it is first needed. */
export function PasswordPromptProvider({ confirm, children }: { confirm: Act<{ password: string }, unknown>; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const settle = useRef<((isConfirmed: boolean) => void) | null>(null);

  const ask = useCallback(() => {
    settle.current?.(false);
    setOpen(true);
    return new Promise<boolean>((resolve) => {
      settle.current = resolve;
    });
  }, []);

  const close = useCallback((isConfirmed: boolean) => {
    setOpen(false);
    settle.current?.(isConfirmed);
    settle.current = null;
  }, []);

  return (
    <PromptContext value={ask}>
      {children}
      {isOpen && <PasswordDialog confirm={confirm} onClose={close} />}
    </PromptContext>
  );
}

/** Asks the person to confirm the password; true once they did. */
export function usePasswordPrompt() {
  return use(PromptContext);
}
