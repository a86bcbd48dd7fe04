import { RowsSkeleton, SkeletonRegion, TitleSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading Studio" className="!gap-3">
      <TitleSkeleton />
      <RowsSkeleton rows={4} isTall />
    </SkeletonRegion>
  );
}
