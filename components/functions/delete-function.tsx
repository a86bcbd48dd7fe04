"use client";
import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import type { FunctionActs } from "./function-acts";

/** Takes a function out of service, after a question. */
export function DeleteFunction({ projectRef, name, act, isEnabled }: { projectRef: string; name: string; act: FunctionActs["remove"]; isEnabled: boolean }) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy, failure } = useAct(act, {
    failures: "inline",
    done: `Deleting ${name}.`,
    onDone: () => {
      setOpen(false);
      router.push(`/projects/${projectRef}/functions`);
    },
  });
  return (
    <>
      <Button variant="danger-quiet" icon={<Trash2 aria-hidden className="size-4" />} disabled={!isEnabled} onClick={() => setOpen(true)}>
        Delete
      </Button>
      <Dialog
        isOpen={isOpen}
        onOpenChange={setOpen}
        title={`Delete function ${name}`}
        description="Calls to it get 404 from then on. Its versions stay in the history of the panel."
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button variant="danger" isBusy={isBusy} onClick={() => void run({ ref: projectRef, name })}>
              Delete {name}
            </Button>
          </>
        }
      >
        {failure ? <Notice tone="bad">{failure.message}</Notice> : <span />}
      </Dialog>
    </>
  );
}
