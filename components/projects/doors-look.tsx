"use client";
import { RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Button } from "@/components/ui/button";
import { TimeAgo } from "@/components/ui/time-ago";

/** Asks Docker and tries the doors again. */
export function LookAgain() {
  const router = useRouter();
  const [isBusy, start] = useTransition();
  return (
    <Button icon={<RefreshCw aria-hidden className="size-4" />} isBusy={isBusy} onClick={() => start(() => router.refresh())}>
      Look again
    </Button>
  );
}

/** How and when this was found out. */
export function DoorsLookNote({ checkedAt, hostAddresses }: { checkedAt: string; hostAddresses: readonly string[] }) {
  const [tried] = hostAddresses;
  return (
    <>
      Asked of Docker <TimeAgo at={checkedAt} isInline />
      {tried === undefined ? "; the engine is on another machine, so nothing was tried." : <>, tried from <span className="font-mono">{tried}</span>.</>}
    </>
  );
}
