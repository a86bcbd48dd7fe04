import { RowsSkeleton, Skeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading functions">
      <div aria-hidden className="grid gap-6 lg:grid-cols-[15rem_minmax(0,1fr)]">
        <RowsSkeleton rows={3} />
        <Skeleton className="h-96" />
      </div>
    </SkeletonRegion>
  );
}
