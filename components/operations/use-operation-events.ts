"use client";
import { useEffect, useState } from "react";
import type { OperationEventView } from "@/lib/projects/views";

const keptEvents = 400;

/**
 * Follows an operation's events from the first one on. The browser reconnects by itself and sends the last number it saw, so
 * nothing is missed and nothing comes twice. `onStep` runs when the operation moved on to something the page should draw.
 */
export function useOperationEvents(operationId: string, isOpen: boolean, onStep: () => void) {
  const [events, setEvents] = useState<readonly OperationEventView[]>([]);
  const [isLost, setLost] = useState(false);

  useEffect(() => {
    const source = new EventSource(`/api/v1/operations/${operationId}/events`);
    const take = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as OperationEventView;
      setEvents((known) => (event.seq <= (known.at(-1)?.seq ?? -1) ? known : [...known.slice(-keptEvents), event]));
    };
    let lastStep: string | null = null;
    const watch = (message: MessageEvent<string>) => {
      const { stepKey, level } = JSON.parse(message.data) as OperationEventView;
      if (stepKey === lastStep && level !== "error") return;
      lastStep = stepKey;
      onStep();
    };
    const end = () => {
      source.close();
      onStep();
    };
    source.onmessage = (message: MessageEvent<string>) => {
      take(message);
      if (isOpen) watch(message);
    };
    source.addEventListener("end", end);
    source.onopen = () => setLost(false);
    source.onerror = () => setLost(true);
    return () => source.close();
  }, [operationId, isOpen, onStep]);

  return { events, isLost };
}
