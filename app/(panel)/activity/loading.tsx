import { FiltersSkeleton, RowsSkeleton, SkeletonRegion, TitleSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading activity">
      <TitleSkeleton />
      <FiltersSkeleton />
      <RowsSkeleton rows={12} isTall />
    </SkeletonRegion>
  );
}
