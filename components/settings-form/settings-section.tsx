"use client";
import { RotateCcw } from "lucide-react";
import { useId, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useDirtyMark } from "./leave-guard";

type SectionProps = {
  title: string;
  /** What a link into the page names. */
  anchor?: string;
  description?: ReactNode;
  isDirty: boolean;
  isBusy: boolean;
  /** What saving restarts, said before it is saved. */
  consequence?: ReactNode;
  failure?: string | null;
  isReadOnly?: boolean;
  readOnlyReason?: string;
  saveLabel?: string;
  onSave(): void;
  onReset(): void;
  children: ReactNode;
};

/** One group of settings that saves by itself and says when it holds something unsaved. */
export function SettingsSection({ title, anchor, description, isDirty, isBusy, consequence, failure, isReadOnly = false, readOnlyReason, saveLabel = "Save", onSave, onReset, children }: SectionProps) {
  const id = useId();
  useDirtyMark(id, isDirty);
  return (
    <section id={anchor} aria-labelledby={id} className="grid scroll-mt-16 gap-x-8 gap-y-3 border-b border-line py-6 last:border-b-0 lg:grid-cols-[16rem_minmax(0,1fr)]">
      <div className="flex flex-col gap-1">
        <h2 id={id} className="flex items-center gap-2 font-semibold">
          {title}
          {isDirty && <span className="text-xs font-normal text-warn">Not saved</span>}
        </h2>
        {description && <p className="text-sm text-ink-3">{description}</p>}
      </div>
      <form
        noValidate
        className="flex min-w-0 max-w-2xl flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isDirty) onSave();
        }}
      >
        {failure && <Notice tone="bad">{failure}</Notice>}
        <fieldset disabled={isReadOnly} className="flex min-w-0 flex-col gap-4">
          <legend className="sr-only">{title}</legend>
          {children}
        </fieldset>
        {isReadOnly ? (
          readOnlyReason && <p className="text-sm text-ink-3">{readOnlyReason}</p>
        ) : (
          <div className="flex min-h-8 flex-wrap items-center gap-3">
            <Button type="submit" variant={isDirty ? "primary" : "secondary"} disabled={!isDirty} isBusy={isBusy}>
              {saveLabel}
            </Button>
            {isDirty && (
              <Button variant="ghost" onClick={onReset} icon={<RotateCcw aria-hidden className="size-4" />}>
                Take back
              </Button>
            )}
            {consequence && <span className="min-w-0 flex-1 basis-64 text-sm text-ink-2">{consequence}</span>}
          </div>
        )}
      </form>
    </section>
  );
}
