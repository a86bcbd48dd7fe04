"use client";
import { useEffect, useState } from "react";
import type { GatewayHealthResponse } from "@/lib/access/gateway-protocol";

const readEveryMs = 10_000;

export type HealthLook = {
  /** The last that was told; null before the first answer. */
  health: GatewayHealthResponse | null;
  /** When that was, ISO 8601. */
  at: string | null;
  /** The last question was not answered: the worker is away, or the panel is. */
  isAway: boolean;
};

/** Asks a project's gateway how it is, again and again while the page is looked at. */
export function useGatewayHealth(projectRef: string): HealthLook {
  const [look, setLook] = useState<HealthLook>({ health: null, at: null, isAway: false });
  useEffect(() => {
    const controller = new AbortController();
    let isAsking = false;
    const read = async () => {
      if (document.hidden || isAsking) return;
      isAsking = true;
      try {
        const response = await fetch(`/api/v1/projects/${projectRef}/gateway/health`, { signal: controller.signal });
        if (!response.ok) throw new Error(response.statusText);
        const health = (await response.json()) as GatewayHealthResponse;
        setLook({ health, at: new Date().toISOString(), isAway: false });
      } catch {
        if (!controller.signal.aborted) setLook((known) => ({ ...known, isAway: true }));
      } finally {
        isAsking = false;
      }
    };
    const again = () => void read();
    again();
    const timer = setInterval(again, readEveryMs);
    document.addEventListener("visibilitychange", again);
    return () => {
      controller.abort();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, [projectRef]);
  return look;
}
