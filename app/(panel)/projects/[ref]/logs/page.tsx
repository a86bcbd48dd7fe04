import type { Metadata } from "next";
import { LogViewer } from "@/components/logs/log-viewer";
import { readQuery } from "@/components/ui/query-string";
import { openPage } from "@/lib/server/current-actor";
import { loadProject } from "../load-project";

export const metadata: Metadata = { title: "Logs" };

type Props = { params: Promise<{ ref: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Page({ params, searchParams }: Props) {
  const { ref } = await params;
  await openPage("/projects/[ref]/logs", { ref });
  const [project, query] = await Promise.all([loadProject(ref), searchParams]);
  const services: string[] = project.settings.services;
  const wished = readQuery(query, "service");
  const service = services.find((name) => name === wished) ?? services[0] ?? "db";
  return (
    <>
      <h2 className="sr-only">Logs</h2>
      <LogViewer projectRef={ref} services={services} service={service} />
    </>
  );
}
