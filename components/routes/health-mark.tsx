"use client";
import { CircleCheck, CircleDashed, CircleX, TriangleAlert, type LucideIcon } from "lucide-react";
import { cn } from "@/components/ui/class-names";
import { healthVerdict, type HealthVerdict } from "./health-words";
import type { HealthLook } from "./use-gateway-health";

const marks: Record<HealthVerdict["tone"], { Icon: LucideIcon; ink: string }> = { good: { Icon: CircleCheck, ink: "text-good" }, warn: { Icon: TriangleAlert, ink: "text-warn" }, bad: { Icon: CircleX, ink: "text-bad" } };

/** The gateway's state in a word, with its icon; grey while it is not known. */
export function HealthMark({ look: { health, isAway }, name }: { look: HealthLook; /** Of the gateway, where it is not said beside. */ name?: string }) {
  if (health === null || isAway) {
    const word = isAway ? "Not known" : "Asking";
    return (
      <span className="inline-flex items-center gap-1.5 text-ink-3">
        <CircleDashed aria-hidden className="size-4 shrink-0" />
        {name === undefined ? word : `${name}, ${word.toLowerCase()}`}
      </span>
    );
  }
  const { tone, word } = healthVerdict(health);
  const { Icon, ink } = marks[tone];
  return (
    <span className={cn("inline-flex items-center gap-1.5", ink)}>
      <Icon aria-hidden className="size-4 shrink-0" />
      {word}
    </span>
  );
}
