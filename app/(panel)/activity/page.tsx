import { FileSpreadsheet } from "lucide-react";
import type { Metadata } from "next";
import { ActivityBrowser } from "@/components/activity/activity-browser";
import { activityCsvHref, readActivityFilter } from "@/components/activity/activity-filter";
import { buttonLooks } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { may } from "@/lib/access/authorize";
import { listActivity } from "@/lib/projects/list-activity";
import { listProjectRefs } from "@/lib/projects/list-all-projects";
import { openPage } from "@/lib/server/current-actor";

export const metadata: Metadata = { title: "Activity" };

export default async function Page({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const ctx = await openPage("/activity");
  const query = await searchParams;
  const filter = readActivityFilter(query);
  const [{ items, nextCursor }, refs] = await Promise.all([listActivity(ctx, filter), listProjectRefs(ctx)]);
  return (
    <>
      <PageHeader
        title="Activity"
        acts={
          may(ctx.actor, "installation.audit") !== "no" && (
            <a href={activityCsvHref(filter)} download className={buttonLooks({ variant: "secondary" })}>
              <FileSpreadsheet aria-hidden className="size-4" />
              Export CSV
            </a>
          )
        }
      />
      <ActivityBrowser path="/activity" query={query} items={items} nextCursor={nextCursor} refs={refs} />
    </>
  );
}
