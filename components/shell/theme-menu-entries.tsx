"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { DropdownMenu, MenuRadioGroup } from "@/components/ui/dropdown-menu";
import { parseTheme, type Theme } from "./preferences";

const options = [
  { value: "system", label: "As the system", icon: <Monitor aria-hidden className="size-4 text-ink-3" /> },
  { value: "light", label: "Light", icon: <Sun aria-hidden className="size-4 text-ink-3" /> },
  { value: "dark", label: "Dark", icon: <Moon aria-hidden className="size-4 text-ink-3" /> },
];

export function ThemeMenuEntries({ theme, trigger, onChange }: { theme: Theme; trigger: ReactNode; onChange(theme: Theme): void }) {
  return (
    <DropdownMenu trigger={trigger} startsOpen>
      <MenuRadioGroup value={theme} options={options} onChange={(value) => onChange(parseTheme(value))} />
    </DropdownMenu>
  );
}
