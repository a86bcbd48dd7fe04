"use client";
import { ChevronsUpDown } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { openPalette } from "./palette-state";

const names: Record<string, string> = { projects: "Projects", activity: "Activity", doors: "Doors", team: "Team", settings: "Settings", account: "Account", operations: "Operation", "recovery-kit": "Recovery kit" };
const fixedPages = new Set(["new", "trash"]);
const pageNames: Record<string, string> = { new: "New project", trash: "Trash", routes: "Routes", functions: "Functions", logs: "Logs", keys: "Keys", studio: "Studio", domains: "Domains", edge: "Edge", doors: "Doors", settings: "Settings", activity: "Activity", members: "Members" };

/** Where the person is. Inside a project its reference opens the switcher. */
export function Breadcrumb() {
  const [root = "", second, third] = usePathname().split("/").filter(Boolean);
  const isProject = root === "projects" && second !== undefined && !fixedPages.has(second);
  return (
    <nav aria-label="Breadcrumb" className="flex min-w-0 items-center gap-1.5 text-base">
      {second === undefined || root === "operations" ? (
        <span className="truncate font-medium">{names[root] ?? "Basehold"}</span>
      ) : (
        <Link href={`/${root}`} className="shrink-0 rounded-sm text-ink-2 hover:text-ink max-sm:hidden">
          {names[root] ?? root}
        </Link>
      )}
      {second !== undefined && root !== "operations" && (
        <>
          <span aria-hidden className="text-ink-3 max-sm:hidden">
            /
          </span>
          {isProject ? (
            <button
              type="button"
              onClick={() => openPalette("projects")}
              aria-label={`Switch project, now ${second}`}
              aria-haspopup="dialog"
              className="flex h-7 min-w-0 items-center gap-1 rounded px-1.5 font-mono text-sm hover:bg-hover max-sm:h-11"
            >
              <span className="truncate">{second}</span>
              <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink-3" />
            </button>
          ) : (
            <span className="truncate font-medium">{pageNames[second] ?? second}</span>
          )}
        </>
      )}
      {isProject && third !== undefined && (
        <>
          <span aria-hidden className="text-ink-3 max-md:hidden">
            /
          </span>
          <span className="truncate font-medium max-md:hidden">{pageNames[third] ?? third}</span>
        </>
      )}
    </nav>
  );
}
