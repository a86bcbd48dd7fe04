import { RowsSkeleton, SkeletonRegion, TitleSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading team">
      <TitleSkeleton />
      <RowsSkeleton rows={5} isTall />
    </SkeletonRegion>
  );
}
