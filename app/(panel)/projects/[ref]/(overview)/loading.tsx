import { RowsSkeleton, Skeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading project">
      <Skeleton className="h-16 max-sm:h-44" />
      <div aria-hidden className="grid gap-6 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Skeleton className="h-80" />
        <Skeleton className="h-80" />
      </div>
      <RowsSkeleton rows={11} />
    </SkeletonRegion>
  );
}
