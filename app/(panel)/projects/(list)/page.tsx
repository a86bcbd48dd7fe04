import { Boxes, Plus, Trash2 } from "lucide-react";
import type { Metadata } from "next";
import { pause, purge, reconcile, resume, undoDelete } from "@/app/actions/project-actions";
import { findAttention } from "@/components/projects/attention";
import { AttentionStrip } from "@/components/projects/attention-strip";
import { ProjectsTable } from "@/components/projects/projects-table";
import { filterProjects, nextSorting, parseSorting, sortProjects, type SortName } from "@/components/projects/sort-projects";
import { TrashTable } from "@/components/projects/trash-table";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { PageHeader } from "@/components/ui/page-header";
import { Pagination } from "@/components/ui/pagination";
import { readQuery, withQuery } from "@/components/ui/query-string";
import { statesOf, wordOfState } from "@/components/ui/state-vocabulary";
import { may } from "@/lib/access/authorize";
import { listAllProjects } from "@/lib/projects/list-all-projects";
import type { ProjectListItem } from "@/lib/projects/views";
import { openPage } from "@/lib/server/current-actor";
import type { WebContext } from "@/lib/server/web-context";

export const metadata: Metadata = { title: "Projects" };

type Query = Record<string, string | string[] | undefined>;
const pageSize = 100;

export default async function Page({ searchParams }: { searchParams: Promise<Query> }) {
  const ctx = await openPage("/projects");
  const query = await searchParams;
  const all = await listAllProjects(ctx);
  const mayCreate = may(ctx.actor, "project.create") !== "no";
  const state = readQuery(query, "state");
  const isTrash = state === "deleted";
  const trashed = all.filter((project) => project.state === "deleted").length;
  const live = all.length - trashed;

  return (
    <>
      <PageHeader
        title={isTrash ? "Trash" : "Projects"}
        acts={
          <>
            {isTrash ? (
              <ButtonLink href="/projects" variant="ghost">
                Back to projects
              </ButtonLink>
            ) : (
              trashed > 0 && (
                <ButtonLink href="/projects?state=deleted" variant="ghost" icon={<Trash2 aria-hidden className="size-4" />}>
                  Trash, {trashed}
                </ButtonLink>
              )
            )}
            {mayCreate && live > 0 && !isTrash && <NewProject />}
          </>
        }
      >
        {isTrash && <p className="text-ink-2">Data, reference and ports of a deleted project are kept for 7 days. Undo brings the whole project back.</p>}
      </PageHeader>
      {isTrash ? <Trash ctx={ctx} projects={filterProjects(all, { text: readQuery(query, "q"), state })} /> : <Live ctx={ctx} all={all} live={live} query={query} mayCreate={mayCreate} />}
    </>
  );
}

function NewProject() {
  return (
    <ButtonLink href="/projects/new" variant="primary" icon={<Plus aria-hidden className="size-4" />}>
      New project
    </ButtonLink>
  );
}

function Live({ ctx, all, live, query, mayCreate }: { ctx: WebContext; all: readonly ProjectListItem[]; live: number; query: Query; mayCreate: boolean }) {
  if (live === 0) {
    return (
      <EmptyState icon={<Boxes aria-hidden />} title="No project yet" act={mayCreate && <NewProject />}>
        {mayCreate ? "A project is a whole Supabase of its own: database, sign-in, storage, functions and Studio. It needs a name." : "Projects that are given to you show up here."}
      </EmptyState>
    );
  }
  const sorting = parseSorting(readQuery(query, "sort"));
  const found = sortProjects(filterProjects(all, { text: readQuery(query, "q"), state: readQuery(query, "state") }), sorting);
  const from = Math.max(0, Number(readQuery(query, "cursor") ?? 0) || 0);
  const mayBulk = all.some((project) => may(ctx.actor, "project.pause", project.id) !== "no");
  return (
    <>
      <AttentionStrip items={findAttention(all, (id) => may(ctx.actor, "project.reconcile", id) !== "no")} reconcile={reconcile} />
      <div className="flex flex-col gap-3">
        <FilterBar
          filters={[
            { kind: "search", name: "q", label: "Name or reference" },
            { kind: "select", name: "state", label: "Any state", options: statesOf("project").map((name) => ({ value: name, label: wordOfState("project", name).word })) },
          ]}
        />
        {found.length === 0 ? (
          <EmptyState title="No project matches" act={<ButtonLink href="/projects">Clear the filters</ButtonLink>} />
        ) : (
          <ProjectsTable projects={found.slice(from, from + pageSize)} columns={columnsFor(query, sorting)} acts={{ pause, resume }} mayBulk={mayBulk} />
        )}
        <Pagination
          nextHref={from + pageSize < found.length ? withQuery("/projects", query, { cursor: String(from + pageSize) }) : null}
          firstHref={from > 0 ? withQuery("/projects", query, { cursor: null }) : null}
        />
      </div>
    </>
  );
}

function columnsFor(query: Query, sorting: ReturnType<typeof parseSorting>) {
  const sortable = (label: string, by: SortName, isNumber = false) => ({
    label,
    isNumber,
    href: withQuery("/projects", query, { sort: nextSorting(sorting, by) }),
    order: sorting.by !== by ? ("none" as const) : sorting.isDescending ? ("descending" as const) : ("ascending" as const),
  });
  const plain = (label: string, isNumber = false) => ({ label, isNumber, href: null, order: "none" as const });
  return [sortable("Name", "name"), sortable("State", "state"), plain("Services", true), sortable("Release", "release"), sortable("Memory", "memory", true), plain("Seen")];
}

function Trash({ ctx, projects }: { ctx: WebContext; projects: readonly ProjectListItem[] }) {
  if (projects.length === 0) {
    return (
      <EmptyState icon={<Trash2 aria-hidden />} title="The trash is empty">
        A deleted project waits here for 7 days before its data is removed.
      </EmptyState>
    );
  }
  const rows = projects.map((project) => ({
    project,
    mayUndo: may(ctx.actor, "project.undo-delete", project.id) !== "no",
    mayPurge: may(ctx.actor, "project.purge", project.id) !== "no",
  }));
  return <TrashTable rows={rows} undoDelete={undoDelete} purge={purge} />;
}
