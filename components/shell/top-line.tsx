import { FlaskConical, HeartCrack } from "lucide-react";
import { RunningOperations } from "@/components/operations/running-operations";
import { Badge } from "@/components/ui/badge";
import { TimeAgo } from "@/components/ui/time-ago";
import type { OperationView } from "@/lib/projects/views";
import { AccountMenu } from "./account-menu";
import type { AccountSummary } from "./account-summary";
import { Breadcrumb } from "./breadcrumb";
import type { NavigationName } from "./navigation";
import { PaletteHost } from "./palette-host";
import type { Theme } from "./preferences";
import { ThemeMenu } from "./theme-menu";

export type WorkerPulse = { isLate: boolean; heartbeatAt: string | null };

type TopLineProps = {
  entries: readonly NavigationName[];
  account: AccountSummary;
  theme: Theme;
  isLab: boolean;
  worker: WorkerPulse;
  running: readonly OperationView[];
  mayCreate: boolean;
};

/** The line on top: where one is, search, what runs, and who one is. */
export function TopLine({ entries, account, theme, isLab, worker, running, mayCreate }: TopLineProps) {
  return (
    <header className="no-print sticky top-0 z-30 flex h-12 items-center gap-2 border-b border-line bg-surface px-4 sm:px-6 max-sm:h-14">
      <div className="min-w-0 flex-1">
        <Breadcrumb />
      </div>
      {worker.isLate && (
        <Badge tone="warn" icon={<HeartCrack aria-hidden className="size-3.5" />} title="Projects keep running. Acts wait until the worker is back: check `npm run up` on the machine.">
          <span className="max-md:sr-only">Worker {worker.heartbeatAt === null ? "is not running" : "last seen"}</span>
          {worker.heartbeatAt !== null && <TimeAgo at={worker.heartbeatAt} isInline className="max-sm:sr-only" />}
        </Badge>
      )}
      {isLab && (
        <Badge tone="accent" icon={<FlaskConical aria-hidden className="size-3.5" />} title="Images come from the lab on this machine, not from the official registries.">
          <span className="max-sm:sr-only">Lab</span>
        </Badge>
      )}
      <RunningOperations operations={running} />
      <PaletteHost entries={entries} mayCreate={mayCreate} />
      <ThemeMenu starts={theme} />
      <AccountMenu account={account} />
    </header>
  );
}
