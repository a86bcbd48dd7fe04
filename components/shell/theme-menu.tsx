"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { DropdownMenu, MenuRadioGroup } from "@/components/ui/dropdown-menu";
import { parseTheme, type Theme } from "./preferences";
import { setTheme } from "./set-preference";

const options = [
  { value: "system", label: "As the system", icon: <Monitor aria-hidden className="size-4 text-ink-3" /> },
  { value: "light", label: "Light", icon: <Sun aria-hidden className="size-4 text-ink-3" /> },
  { value: "dark", label: "Dark", icon: <Moon aria-hidden className="size-4 text-ink-3" /> },
];

/** Light, dark, or as the system has it. */
export function ThemeMenu({ starts }: { starts: Theme }) {
  const [theme, setShown] = useState(starts);
  return (
    <DropdownMenu
      trigger={
        <button type="button" aria-label="Theme" className="inline-flex size-8 items-center justify-center rounded text-ink-2 hover:bg-hover hover:text-ink max-sm:size-11">
          {theme === "light" ? <Sun aria-hidden className="size-4" /> : theme === "dark" ? <Moon aria-hidden className="size-4" /> : <Monitor aria-hidden className="size-4" />}
        </button>
      }
    >
      <MenuRadioGroup
        value={theme}
        options={options}
        onChange={(value) => {
          const next = parseTheme(value);
          setTheme(next);
          setShown(next);
        }}
      />
    </DropdownMenu>
  );
}
