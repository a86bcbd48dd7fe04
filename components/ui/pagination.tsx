import { ChevronRight, ChevronsLeft } from "lucide-react";
import { ButtonLink } from "./button";

/** Pages by cursor: on, or back to the first. `hrefFor(null)` is the first page. */
export function Pagination({ nextHref, firstHref }: { nextHref: string | null; firstHref: string | null }) {
  if (nextHref === null && firstHref === null) return null;
  return (
    <nav aria-label="Pages" className="flex justify-end gap-2">
      {firstHref !== null && (
        <ButtonLink href={firstHref} size="sm" icon={<ChevronsLeft aria-hidden className="size-4" />}>
          First page
        </ButtonLink>
      )}
      {nextHref !== null && (
        <ButtonLink href={nextHref} size="sm">
          Next page
          <ChevronRight aria-hidden className="size-4" />
        </ButtonLink>
      )}
    </nav>
  );
}
