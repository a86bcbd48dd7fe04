import { SectionsSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading settings">
      <SectionsSkeleton count={5} />
    </SkeletonRegion>
  );
}
