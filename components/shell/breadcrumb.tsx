"use client";
import { ChevronsUpDown } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "@/components/ui/class-names";
import { openPalette } from "./palette-state";

const names: Record<string, string> = { projects: "Projects", activity: "Activity", doors: "Doors", team: "Team", settings: "Settings", account: "Account", operations: "Operation", "recovery-kit": "Recovery kit" };
const fixedPages = new Set(["new", "trash"]);
const pageNames: Record<string, string> = { new: "New project", trash: "Trash", routes: "Routes", gateway: "Envoy or Kong", functions: "Functions", logs: "Logs", keys: "Keys", studio: "Studio", domains: "Domains", edge: "Edge", doors: "Doors", settings: "Settings", activity: "Activity", members: "Members" };

/** Of a page that says that there is nothing here, only what there is stays. */
const goneWithIt = "[body:has(#nothing-here)_&]:hidden";

/** Where the person is. Inside a project its reference opens the switcher. */
export function Breadcrumb() {
  const [root = "", second, third, fourth] = usePathname().split("/").filter(Boolean);
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
          <span aria-hidden className={cn("text-ink-3 max-sm:hidden", goneWithIt)}>
            /
          </span>
          {isProject ? (
            <button
              type="button"
              onClick={() => openPalette("projects")}
              aria-label={`Switch project, now ${second}`}
              aria-haspopup="dialog"
              className={cn("flex h-7 min-w-0 items-center gap-1 rounded px-1.5 font-mono text-sm hover:bg-hover max-sm:h-11", goneWithIt)}
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
          <Slash />
          {fourth === undefined ? <Last name={third} /> : <Link href={`/projects/${second}/${third}`} className={cn("shrink-0 rounded-sm text-ink-2 hover:text-ink max-md:hidden", goneWithIt)}>{pageNames[third] ?? third}</Link>}
        </>
      )}
      {isProject && fourth !== undefined && (
        <>
          <Slash />
          <Last name={fourth} />
        </>
      )}
    </nav>
  );
}

function Slash() {
  return (
    <span aria-hidden className={cn("text-ink-3 max-md:hidden", goneWithIt)}>
      /
    </span>
  );
}

function Last({ name }: { name: string }) {
  return <span className={cn("truncate font-medium max-md:hidden", goneWithIt)}>{pageNames[name] ?? name}</span>;
}
