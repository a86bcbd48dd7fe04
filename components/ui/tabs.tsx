"use client";
import { Tabs as Primitive } from "radix-ui";
import type { ReactNode } from "react";

type TabsProps = { label: string; tabs: readonly { id: string; label: string; content: ReactNode }[]; value?: string; onChange?(id: string): void; trailing?: ReactNode };

/** Tabs inside a card. What a URL should name uses LinkTabs instead. */
export function Tabs({ label, tabs, value, onChange, trailing }: TabsProps) {
  return (
    <Primitive.Root defaultValue={value ? undefined : tabs[0]?.id} value={value} onValueChange={onChange} className="flex min-w-0 flex-col">
      <div className="flex items-center border-b border-line">
        <Primitive.List aria-label={label} className="flex min-w-0 flex-1 gap-2 overflow-x-auto px-3">
          {tabs.map((tab) => (
            <Primitive.Trigger
              key={tab.id}
              value={tab.id}
              className="-mb-px h-9 shrink-0 rounded-t-sm border-b-2 px-1.5 border-transparent text-sm text-ink-2 -outline-offset-2 transition-colors hover:text-ink data-[state=active]:border-accent-ink data-[state=active]:font-medium data-[state=active]:text-ink max-sm:h-11"
            >
              {tab.label}
            </Primitive.Trigger>
          ))}
        </Primitive.List>
        {trailing}
      </div>
      {tabs.map((tab) => (
        <Primitive.Content key={tab.id} value={tab.id} className="min-w-0 p-4 -outline-offset-2">
          {tab.content}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  );
}
