"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import { lazy, useState } from "react";
import { MenuOnPress } from "@/components/ui/menu-on-press";
import type { Theme } from "./preferences";
import { setTheme } from "./set-preference";

const load = () => import("./theme-menu-entries").then((module) => ({ default: module.ThemeMenuEntries }));
const Entries = lazy(load);

const icons = { system: Monitor, light: Sun, dark: Moon };

/** Light, dark, or as the system has it. */
export function ThemeMenu({ starts }: { starts: Theme }) {
  const [theme, setShown] = useState(starts);
  const Icon = icons[theme];
  const change = (next: Theme) => {
    setTheme(next);
    setShown(next);
  };
  const trigger = (
    <button type="button" aria-label="Theme" className="inline-flex size-8 items-center justify-center rounded text-ink-2 hover:bg-hover hover:text-ink max-sm:size-11">
      <Icon aria-hidden className="size-4" />
    </button>
  );
  return <MenuOnPress trigger={trigger} load={load} menu={() => <Entries theme={theme} trigger={trigger} onChange={change} />} />;
}
