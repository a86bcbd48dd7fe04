"use client";
import { Command } from "cmdk";
import { CircleUser, DoorOpen, Globe, KeyRound, Monitor, Moon, Plus, Route, ScrollText, ShieldHalf, Sun, Trash2, type LucideIcon } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import { StateBadge, StateMark } from "@/components/ui/state-badge";
import { navigationFor, type NavigationName } from "./navigation";
import type { PaletteMode } from "./palette-state";
import { setTheme } from "./set-preference";

type ProjectHit = { ref: string; displayName: string; state: string };
type PaletteProps = { mode: PaletteMode; entries: readonly NavigationName[]; mayCreate: boolean; onClose(): void };

const itemClass = "flex min-h-9 cursor-default items-center gap-2.5 rounded-sm px-2 text-base aria-selected:bg-hover max-sm:min-h-11";
const groupClass = "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3";

/** Type to go anywhere: projects with their state, pages, acts. */
export function Palette({ mode, entries, mayCreate, onClose }: PaletteProps) {
  const router = useRouter();
  const { projects, isFailed } = useProjects();
  const [search, setSearch] = useState("");
  const list = useRef<HTMLDivElement>(null);
  useActiveDescendant(list, search, projects);
  const go = (href: string) => {
    onClose();
    router.push(href);
  };
  const act = (run: () => void) => {
    onClose();
    run();
  };

  return (
    <Command.Dialog
      open
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      label={mode === "projects" ? "Switch project" : "Search or go to"}
      loop
      overlayClassName="fixed inset-0 z-40 animate-appear bg-scrim"
      contentClassName="fixed left-1/2 top-[12vh] z-50 w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 animate-appear overflow-hidden rounded border border-line bg-raised"
    >
      <Command.Input value={search} onValueChange={setSearch} placeholder={mode === "projects" ? "Project name or reference" : "Project, page or act"} className="h-12 w-full border-b border-line bg-transparent px-4 text-lg outline-none" />
      <Command.List ref={list} className="max-h-[50vh] overflow-y-auto p-2">
        <Command.Empty className="px-2 py-6 text-center text-ink-3">
          <span role="option" aria-selected="false" aria-disabled="true">
            Nothing here goes by that name.
          </span>
        </Command.Empty>
        {isFailed && <p className="px-2 py-2 text-sm text-bad">The list of projects could not be read. Pages and acts still work.</p>}
        {projects.length > 0 && (
          <Command.Group heading="Projects" className={groupClass}>
            {projects.map((project) => (
              <Command.Item key={project.ref} value={`${project.displayName} ${project.ref}`} onSelect={() => go(`/projects/${project.ref}`)} className={itemClass}>
                <StateMark kind="project" state={project.state} />
                <bdi className="min-w-0 truncate">{project.displayName}</bdi>
                <span className="truncate font-mono text-sm text-ink-3">{project.ref}</span>
                <span className="ml-auto">
                  <StateBadge kind="project" state={project.state} />
                </span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {mode === "all" && <ProjectPlaces go={go} />}
        {mode === "all" && <Places entries={entries} mayCreate={mayCreate} go={go} act={act} />}
      </Command.List>
    </Command.Dialog>
  );
}

const projectPages: readonly { path: string; label: string; icon: LucideIcon }[] = [
  { path: "routes", label: "Routes", icon: Route },
  { path: "keys", label: "Keys", icon: KeyRound },
  { path: "domains", label: "Domains", icon: Globe },
  { path: "doors", label: "Doors", icon: DoorOpen },
  { path: "activity", label: "Activity", icon: ScrollText },
];

/** Pages of the project that is open: those that everybody who sees it may see. */
function ProjectPlaces({ go }: { go(href: string): void }) {
  const [root, ref] = usePathname().split("/").filter(Boolean);
  if (root !== "projects" || ref === undefined || ref === "new") return null;
  return (
    <Command.Group heading="In this project" className={groupClass}>
      {projectPages.map(({ path, label, icon: Icon }) => (
        <Command.Item key={path} value={`${label} of ${ref}`} onSelect={() => go(`/projects/${ref}/${path}`)} className={itemClass}>
          <Icon aria-hidden className="size-4 shrink-0 text-ink-3" />
          {label}
          <span className="truncate font-mono text-sm text-ink-3">{ref}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

function Places({ entries, mayCreate, go, act }: { entries: readonly NavigationName[]; mayCreate: boolean; go(href: string): void; act(run: () => void): void }) {
  const item = (key: string, icon: ReactNode, label: string, onSelect: () => void) => (
    <Command.Item key={key} value={label} onSelect={onSelect} className={itemClass}>
      {icon}
      {label}
    </Command.Item>
  );
  const iconClass = "size-4 shrink-0 text-ink-3";
  return (
    <>
      <Command.Group heading="Go to" className={groupClass}>
        {navigationFor(entries).map(({ href, label, icon: Icon }) => item(href, <Icon aria-hidden className={iconClass} />, label, () => go(href)))}
        {entries.includes("settings") && item("/settings/edge", <ShieldHalf aria-hidden className={iconClass} />, "Edge", () => go("/settings/edge"))}
        {item("/projects?state=deleted", <Trash2 aria-hidden className={iconClass} />, "Trash", () => go("/projects?state=deleted"))}
        {item("/account", <CircleUser aria-hidden className={iconClass} />, "Account", () => go("/account"))}
      </Command.Group>
      <Command.Group heading="Do" className={groupClass}>
        {mayCreate && item("/projects/new", <Plus aria-hidden className={iconClass} />, "New project", () => go("/projects/new"))}
        {item("light", <Sun aria-hidden className={iconClass} />, "Use the light theme", () => act(() => setTheme("light")))}
        {item("dark", <Moon aria-hidden className={iconClass} />, "Use the dark theme", () => act(() => setTheme("dark")))}
        {item("system", <Monitor aria-hidden className={iconClass} />, "Use the system's theme", () => act(() => setTheme("system")))}
      </Command.Group>
    </>
  );
}

/**
 * cmdk reads which item is active before the filtered list is drawn, and then names one that is gone: a screen reader says
 * nothing. Named again after drawing.
 */
function useActiveDescendant(list: RefObject<HTMLDivElement | null>, search: string, projects: readonly ProjectHit[]) {
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const active = list.current?.querySelector('[cmdk-item][aria-selected="true"]');
      const input = list.current?.closest("[cmdk-root]")?.querySelector("[cmdk-input]");
      for (const element of [list.current, input]) {
        if (active) element?.setAttribute("aria-activedescendant", active.id);
        else element?.removeAttribute("aria-activedescendant");
      }
    });
    return () => cancelAnimationFrame(frame);
  }, [list, search, projects]);
}

function useProjects() {
  const [projects, setProjects] = useState<ProjectHit[]>([]);
  const [isFailed, setFailed] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    fetch("/api/v1/projects?limit=500", { signal: controller.signal })
      .then(async (response) => {
        if (!response.ok) throw new Error(response.statusText);
        const body = (await response.json()) as { items: ProjectHit[] };
        setProjects(body.items);
      })
      .catch(() => {
        if (!controller.signal.aborted) setFailed(true);
      });
    return () => controller.abort();
  }, []);
  return { projects, isFailed };
}
