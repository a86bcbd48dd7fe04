import type { Metadata } from "next";
import { createProject, previewProject } from "@/app/actions/project-actions";
import { NewProjectForm } from "@/components/projects/new-project-form";
import { PageHeader } from "@/components/ui/page-header";
import { defaultRelease, releases, serviceCatalogue } from "@/lib/stack/releases";
import { openPage } from "@/lib/server/current-actor";

export const metadata: Metadata = { title: "New project" };

export default async function Page() {
  await openPage("/projects/new");
  const offered = releases.toReversed().map((release) => ({ name: release.name, isDefault: release.name === defaultRelease.name, services: serviceCatalogue(release) }));
  return (
    <>
      <PageHeader title="New project" />
      <NewProjectForm releases={offered} create={createProject} preview={previewProject} />
    </>
  );
}
