import { RowsSkeleton, SkeletonRegion, TitleSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Looking at the doors">
      <TitleSkeleton />
      <RowsSkeleton rows={6} isTall />
    </SkeletonRegion>
  );
}
