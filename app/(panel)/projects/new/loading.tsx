import { Skeleton, SkeletonRegion, TitleSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading">
      <TitleSkeleton hasAct={false} />
      <div aria-hidden className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex flex-col gap-6">
          <Skeleton className="h-20" />
          <Skeleton className="h-10 w-56" />
        </div>
        <Skeleton className="h-[26rem]" />
      </div>
    </SkeletonRegion>
  );
}
