import { Activity } from "lucide-react";
import { EmptyState } from "@/components/ui/empty-state";
import { ButtonLink } from "@/components/ui/button";
import { FilterBar } from "@/components/ui/filter-bar";
import { Pagination } from "@/components/ui/pagination";
import { readQuery, withQuery } from "@/components/ui/query-string";
import type { ActivityItem } from "@/lib/projects/views";
import { activityFilters } from "./activity-filter";
import { ActivityList } from "./activity-list";

type Props = { path: string; query: Record<string, string | string[] | undefined>; items: readonly ActivityItem[]; nextCursor: string | null; refs: readonly string[] | null };

/** Filters, the found acts, and the way to older ones. */
export function ActivityBrowser({ path, query, items, nextCursor, refs }: Props) {
  const isFiltered = Object.keys(query).some((name) => readQuery(query, name) !== undefined);
  return (
    <div className="flex flex-col gap-3">
      <FilterBar filters={activityFilters(refs)} />
      {items.length > 0 ? (
        <ActivityList items={items} isProjectShown={refs !== null} />
      ) : (
        <EmptyState icon={<Activity aria-hidden />} title={isFiltered ? "Nothing matches" : "Nothing happened yet"} act={isFiltered && <ButtonLink href={path}>Clear the filters</ButtonLink>}>
          {isFiltered ? undefined : "Every operation and every act that changes or reveals something is listed here."}
        </EmptyState>
      )}
      <Pagination nextHref={nextCursor === null ? null : withQuery(path, query, { cursor: nextCursor })} firstHref={readQuery(query, "cursor") === undefined ? null : withQuery(path, query, { cursor: null })} />
    </div>
  );
}
