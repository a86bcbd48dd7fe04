import { RowsSkeleton, SkeletonRegion, TitleSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading settings">
      <TitleSkeleton hasAct={false} />
      <RowsSkeleton rows={7} />
      <RowsSkeleton rows={2} />
    </SkeletonRegion>
  );
}
