"use client";
import { useRouter } from "next/navigation";
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";

type Guard = { mark(id: string, isDirty: boolean): void };
const GuardContext = createContext<Guard>({ mark: () => {} });

/** Asks before a page with unsaved sections is left: by a link inside the panel, by closing the tab, by a reload. */
export function LeaveGuard({ children }: { children: ReactNode }) {
  const router = useRouter();
  const dirty = useRef(new Set<string>());
  const [target, setTarget] = useState<string | null>(null);

  const mark = useCallback((id: string, isDirty: boolean) => {
    if (isDirty) dirty.current.add(id);
    else dirty.current.delete(id);
  }, []);

  useEffect(() => {
    const onUnload = (event: BeforeUnloadEvent) => {
      if (dirty.current.size > 0) event.preventDefault();
    };
    const onClick = (event: MouseEvent) => {
      if (dirty.current.size === 0 || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      if (link === null || link.target === "_blank" || link.origin !== location.origin || link.pathname === location.pathname) return;
      event.preventDefault();
      event.stopPropagation();
      setTarget(link.pathname + link.search);
    };
    window.addEventListener("beforeunload", onUnload);
    document.addEventListener("click", onClick, true);
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, true);
    };
  }, []);

  const value = useMemo(() => ({ mark }), [mark]);
  return (
    <GuardContext value={value}>
      {children}
      <Dialog
        isOpen={target !== null}
        onOpenChange={(isOpen) => {
          if (!isOpen) setTarget(null);
        }}
        title="Leave without saving?"
        description="What you changed on this page is not saved yet."
        footer={
          <>
            <Button onClick={() => setTarget(null)}>Stay</Button>
            <Button
              variant="danger"
              onClick={() => {
                dirty.current.clear();
                if (target !== null) router.push(target);
                setTarget(null);
              }}
            >
              Leave
            </Button>
          </>
        }
      >
        <span />
      </Dialog>
    </GuardContext>
  );
}

/** Tells the guard of this page whether a section holds unsaved changes. */
export function useDirtyMark(id: string, isDirty: boolean) {
  const { mark } = use(GuardContext);
  useEffect(() => {
    mark(id, isDirty);
    return () => mark(id, false);
  }, [id, isDirty, mark]);
}
