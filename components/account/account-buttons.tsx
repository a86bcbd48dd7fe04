"use client";
import { LogOut } from "lucide-react";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";

type Nothing = Record<string, never>;

/** Ends every session but this one. */
export function EndOthersButton({ act, count }: { act: Act<Nothing, unknown>; count: number }) {
  const { run, isBusy } = useAct(act, { done: "Your other sessions have ended." });
  return (
    <Button size="sm" disabled={count === 0} isBusy={isBusy} onClick={() => void run({})}>
      End all others
    </Button>
  );
}

/** Leaves the installation, after a question. The last owner is refused. */
export function LeaveButton({ act }: { act: Act<Nothing, unknown> }) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy, failure } = useAct(act, { failures: "inline", isRefreshing: false, onDone: () => location.assign("/sign-in") });
  return (
    <>
      <Button variant="danger-quiet" icon={<LogOut aria-hidden className="size-4" />} onClick={() => setOpen(true)}>
        Leave
      </Button>
      <Dialog
        isOpen={isOpen}
        onOpenChange={setOpen}
        title="Leave this installation"
        description="Your sessions and tokens end at once. Projects stay as they are; somebody has to invite you again."
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Stay</Button>
            <Button variant="danger" isBusy={isBusy} onClick={() => void run({})}>
              Leave
            </Button>
          </>
        }
      >
        {failure ? <Notice tone="bad">{failure.message}</Notice> : <span />}
      </Dialog>
    </>
  );
}
