"use client";
import { ExternalLink } from "lucide-react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import type { StudioActs } from "./studio-acts";

type Props = { projectRef: string; act: StudioActs["open"]; /** Page of Studio to open. */ path?: string | undefined; variant?: "primary" | "secondary"; label?: string };

/** Opens Studio in a tab of its own, without a password. */
export function OpenStudioButton({ projectRef, act, path, variant = "secondary", label = "Open Studio" }: Props) {
  const { run, isBusy } = useAct(act);
  const open = async () => {
    // Only what a press opens at once is no pop-up to the browser; the link comes a moment later.
    const tab = window.open("", "_blank");
    const result = await run({ ref: projectRef, ...(path === undefined ? {} : { path }) });
    if (result === null || !result.ok) tab?.close();
    else if (tab === null) window.location.assign(result.data.url);
    else {
      tab.opener = null;
      tab.location.replace(result.data.url);
    }
  };
  return (
    <Button variant={variant} icon={<ExternalLink aria-hidden className="size-4" />} isBusy={isBusy} onClick={() => void open()}>
      {label}
    </Button>
  );
}
