import { Activity, Boxes, DoorOpen, Settings, Users, type LucideIcon } from "lucide-react";

export type NavigationEntry = { href: string; label: string; icon: LucideIcon };

const entries = {
  projects: { href: "/projects", label: "Projects", icon: Boxes },
  activity: { href: "/activity", label: "Activity", icon: Activity },
  doors: { href: "/doors", label: "Doors", icon: DoorOpen },
  team: { href: "/team", label: "Team", icon: Users },
  settings: { href: "/settings", label: "Settings", icon: Settings },
} satisfies Record<string, NavigationEntry>;

export type NavigationName = keyof typeof entries;

/** Entries of the rail, in order, for those that the person may open. */
export function navigationFor(names: readonly NavigationName[]): NavigationEntry[] {
  return names.map((name) => entries[name]);
}
