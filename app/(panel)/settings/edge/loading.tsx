import { RowsSkeleton, SkeletonRegion, TitleSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading the edge">
      <TitleSkeleton />
      <RowsSkeleton rows={1} />
      <RowsSkeleton rows={4} />
    </SkeletonRegion>
  );
}
