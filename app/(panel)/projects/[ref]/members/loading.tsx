import { RowsSkeleton, SkeletonRegion, TitleSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading members" className="!gap-3">
      <TitleSkeleton />
      <RowsSkeleton rows={3} isTall />
    </SkeletonRegion>
  );
}
