"use client";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useRef, type ReactNode } from "react";

const refreshEveryMs = 1500;
const pollEveryMs = 8000;

/**
 * Keeps the page true: one EventSource says that something changed, and the page is drawn anew in place. When the stream
 * cannot be had it polls, and goes back to the stream when that answers again. A hidden tab asks for nothing.
 */
export function LiveProvider({ url, children }: { url: string; children: ReactNode }) {
  const router = useRouter();
  const pathname = usePathname();
  const refresh = useRef(() => {});

  useEffect(() => {
    let lastMs = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    refresh.current = () => {
      if (document.hidden || timer !== undefined) return;
      const waitMs = Math.max(0, lastMs + refreshEveryMs - Date.now());
      timer = setTimeout(() => {
        timer = undefined;
        lastMs = Date.now();
        router.refresh();
      }, waitMs);
    };
    return () => clearTimeout(timer);
  }, [router, pathname]);

  useEffect(() => {
    let source: EventSource | undefined;
    let poll: ReturnType<typeof setInterval> | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;

    const startPolling = () => {
      poll ??= setInterval(() => refresh.current(), pollEveryMs);
    };
    const open = () => {
      source = new EventSource(url);
      source.onopen = () => {
        clearInterval(poll);
        poll = undefined;
      };
      for (const name of ["message", "change", "operation", "project", "installation"]) source.addEventListener(name, () => refresh.current());
      source.onerror = () => {
        startPolling();
        if (source?.readyState === EventSource.CLOSED) {
          clearTimeout(retry);
          retry = setTimeout(open, pollEveryMs);
        }
      };
    };
    const onVisible = () => {
      if (!document.hidden) refresh.current();
    };

    open();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      source?.close();
      clearInterval(poll);
      clearTimeout(retry);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [url]);

  return children;
}
