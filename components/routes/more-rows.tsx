import { ButtonLink } from "@/components/ui/button";

/** A table this long stands whole; of a longer one the start is drawn at first. */
const wholeUpTo = 150;
const startOfLonger = 100;

/** The rows to draw: all when they are few or were asked for, their start otherwise. */
export function firstRows<T>(rows: readonly T[], isWhole: boolean): readonly T[] {
  return isWhole || rows.length <= wholeUpTo ? rows : rows.slice(0, startOfLonger);
}

/** Says that there are more rows, and leads to all of them. */
export function MoreRows({ href, shown, total }: { href: string; shown: number; total: number }) {
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-ink-3">
      The first {shown.toLocaleString("en-GB")} of {total.toLocaleString("en-GB")} routes.
      <ButtonLink href={href} size="sm" scroll={false} prefetch={false}>
        Show all
      </ButtonLink>
    </p>
  );
}
