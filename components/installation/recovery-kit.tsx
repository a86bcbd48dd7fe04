"use client";
import { Download, KeyRound, Printer } from "lucide-react";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { downloadText } from "@/components/ui/save-file";

export type RecoveryKit = { fileName: string; text: string };
export type RecoveryKitActs = { show: Act<Record<string, never>, RecoveryKit>; saved: Act<Record<string, never>, unknown> };

/** On every page of an owner until the kit was saved. */
export function RecoveryKitNag(acts: RecoveryKitActs) {
  return (
    <Notice tone="warn" className="no-print" act={<RecoveryKitButton {...acts} />}>
      <span className="font-medium">Save the recovery kit.</span> It holds the key of this installation: without it, a backup of the panel cannot open any project&apos;s secrets.
    </Notice>
  );
}

/** Shows the key file after the password, to be downloaded or printed. */
export function RecoveryKitButton({ show, saved, label = "Show recovery kit" }: RecoveryKitActs & { label?: string }) {
  const [kit, setKit] = useState<RecoveryKit | null>(null);
  const { run, isBusy } = useAct(show, { isRefreshing: false, onDone: setKit });
  return (
    <>
      <Button icon={<KeyRound aria-hidden className="size-4" />} isBusy={isBusy} onClick={() => void run({})}>
        {label}
      </Button>
      {kit && <KitDialog kit={kit} saved={saved} onClose={() => setKit(null)} />}
    </>
  );
}

function KitDialog({ kit, saved, onClose }: { kit: RecoveryKit; saved: RecoveryKitActs["saved"]; onClose(): void }) {
  const { run, isBusy } = useAct(saved, { done: "Noted. The recovery kit counts as saved.", onDone: onClose });
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Recovery kit"
      description="Keep it off this machine, where only owners reach it. Whoever has it and the panel's store can read every secret."
      footer={
        <Button variant="primary" isBusy={isBusy} onClick={() => void run({})}>
          I have saved it
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <CodeBlock text={kit.text} label="recovery kit" isWrapped />
        <div className="no-print flex flex-wrap gap-2">
          <Button icon={<Download aria-hidden className="size-4" />} onClick={() => downloadText(kit.fileName, kit.text)}>
            Download
          </Button>
          <Button icon={<Printer aria-hidden className="size-4" />} onClick={() => window.print()}>
            Print
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
