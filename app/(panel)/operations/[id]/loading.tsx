import { RowsSkeleton, SkeletonRegion, TitleSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading operation">
      <TitleSkeleton />
      <RowsSkeleton rows={7} />
    </SkeletonRegion>
  );
}
