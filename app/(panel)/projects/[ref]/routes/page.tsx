import type { Metadata } from "next";
import { RevisionsList } from "@/components/routes/revisions-list";
import { routeRows } from "@/components/routes/route-rows";
import { RoutesTable } from "@/components/routes/routes-table";
import { Section } from "@/components/ui/page-header";
import { permittedOverrides } from "@/lib/gateway/overrides";
import { getGateway } from "@/lib/projects/gateway/get-gateway";
import { forPage, openPage } from "@/lib/server/current-actor";

export const metadata: Metadata = { title: "Routes" };

export default async function Page({ params }: { params: Promise<{ ref: string }> }) {
  const { ref } = await params;
  const ctx = await openPage("/projects/[ref]/routes", { ref });
  const view = await forPage(getGateway(ctx, { ref }));
  const rows = routeRows(view.draft?.settings ?? view.settings, view.options, permittedOverrides);
  return (
    <>
      <Section title="Routes" hint="From top to bottom: the first that matches a request takes it.">
        <RoutesTable rows={rows} />
      </Section>
      <Section title="Revisions">
        <RevisionsList revisions={view.revisions} isUntouched={view.revision === null} />
      </Section>
    </>
  );
}
