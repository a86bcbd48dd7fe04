import { RowsSkeleton, SectionsSkeleton, SkeletonRegion, TitleSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading account">
      <TitleSkeleton hasAct={false} />
      <SectionsSkeleton count={2} />
      <RowsSkeleton rows={2} />
    </SkeletonRegion>
  );
}
