"use client";
import { ChevronDown } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button } from "./button";

/** A list this long stands whole; a longer one shows its start, so that what stands below it stays in reach. */
const wholeUpTo = 20;
const startOfLonger = 12;

type ListProps = {
  items: readonly ReactNode[];
  /** What is counted, in the plural: "changes". */
  what: string;
  className?: string;
  itemClassName?: string;
};

/** A list that shows its start when it is long, and the rest when it is asked for. */
export function LongList({ items, what, className, itemClassName }: ListProps) {
  const [isAsked, setAsked] = useState(false);
  const shown = isAsked || items.length <= wholeUpTo ? items : items.slice(0, startOfLonger);
  return (
    <div className="flex min-w-0 flex-col items-start gap-1">
      <ul className={className}>
        {shown.map((item, index) => (
          <li key={index} className={itemClassName}>
            {item}
          </li>
        ))}
      </ul>
      {shown.length < items.length && (
        <Button variant="ghost" size="sm" className="-ml-2" icon={<ChevronDown aria-hidden className="size-4" />} onClick={() => setAsked(true)}>
          Show all {items.length.toLocaleString("en-GB")} {what}
        </Button>
      )}
    </div>
  );
}
