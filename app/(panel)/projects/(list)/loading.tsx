import { FiltersSkeleton, RowsSkeleton, SkeletonRegion, TitleSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading projects">
      <TitleSkeleton />
      <FiltersSkeleton />
      <RowsSkeleton rows={8} />
    </SkeletonRegion>
  );
}
