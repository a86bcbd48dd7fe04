import { FiltersSkeleton, RowsSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading activity" className="!gap-3">
      <FiltersSkeleton />
      <RowsSkeleton rows={12} isTall />
    </SkeletonRegion>
  );
}
