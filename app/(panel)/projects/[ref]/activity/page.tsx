import type { Metadata } from "next";
import { ActivityBrowser } from "@/components/activity/activity-browser";
import { readActivityFilter } from "@/components/activity/activity-filter";
import { listActivity } from "@/lib/projects/list-activity";
import { openPage } from "@/lib/server/current-actor";

export const metadata: Metadata = { title: "Activity" };

type Props = { params: Promise<{ ref: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Page({ params, searchParams }: Props) {
  const { ref } = await params;
  const ctx = await openPage("/projects/[ref]/activity", { ref });
  const query = await searchParams;
  const { items, nextCursor } = await listActivity(ctx, { ...readActivityFilter(query), projectRef: ref });
  return <ActivityBrowser path={`/projects/${ref}/activity`} query={query} items={items} nextCursor={nextCursor} refs={null} />;
}
