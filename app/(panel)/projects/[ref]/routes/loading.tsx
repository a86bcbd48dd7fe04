import { RowsSkeleton, SkeletonRegion, TitleSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading routes" className="!gap-3">
      <TitleSkeleton />
      <RowsSkeleton rows={8} isTall />
    </SkeletonRegion>
  );
}
