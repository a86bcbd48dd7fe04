import { FiltersSkeleton, Skeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading logs" className="!gap-3">
      <FiltersSkeleton />
      <Skeleton className="h-[calc(100dvh-18rem)] min-h-64" />
    </SkeletonRegion>
  );
}
