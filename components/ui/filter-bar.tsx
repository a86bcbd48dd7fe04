"use client";
import { Search } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef, useState, useTransition } from "react";
import { adoptEarlyInput } from "./early-input";
import { Select } from "./input";

export type FilterSpec =
  | { kind: "search"; name: string; label: string }
  | { kind: "select"; name: string; label: string; options: readonly { value: string; label: string }[] }
  | { kind: "date"; name: string; label: string };

/** Filters that live in the query string, so a link shows a colleague the same thing. */
export function FilterBar({ filters }: { filters: readonly FilterSpec[] }) {
  const router = useRouter();
  const pathname = usePathname();
  const search = useSearchParams();
  const [isPending, startTransition] = useTransition();

  const change = (name: string, value: string) => {
    const next = new URLSearchParams(search);
    if (value === "") next.delete(name);
    else next.set(name, value);
    next.delete("cursor");
    const text = next.toString();
    startTransition(() => router.replace(text === "" ? pathname : `${pathname}?${text}`, { scroll: false }));
  };

  return (
    <div role="search" aria-busy={isPending} className="flex flex-wrap items-center gap-2">
      {filters.map((filter) => {
        const value = search.get(filter.name) ?? "";
        if (filter.kind === "search") return <SearchBox key={filter.name} label={filter.label} value={value} onChange={(text) => change(filter.name, text)} />;
        if (filter.kind === "date") return <DateBox key={filter.name} label={filter.label} value={value} onChange={(text) => change(filter.name, text)} />;
        return <Select key={filter.name} aria-label={filter.label} value={value} onChange={(event) => change(filter.name, event.target.value)} options={[{ value: "", label: filter.label }, ...filter.options]} className="max-sm:flex-1" />;
      })}
    </div>
  );
}

const boxClass = "h-8 rounded border border-control bg-surface text-base hover:border-ink-3 focus-visible:outline-1 focus-visible:outline-offset-0 max-sm:h-11 max-sm:text-lg";

function SearchBox({ label, value, onChange }: { label: string; value: string; onChange(text: string): void }) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label className="relative inline-flex max-sm:w-full">
      <span className="sr-only">{label}</span>
      <Search aria-hidden className="pointer-events-none absolute left-2.5 top-1/2 size-4 -translate-y-1/2 text-ink-3" />
      <input
        ref={adoptEarlyInput}
        type="search"
        value={text}
        placeholder={label}
        dir="auto"
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => onChange(next.trim()), 200);
        }}
        className={`${boxClass} w-64 pl-8 pr-2 max-sm:w-full`}
      />
    </label>
  );
}

function DateBox({ label, value, onChange }: { label: string; value: string; onChange(text: string): void }) {
  return (
    <label className="inline-flex items-center gap-1.5 text-sm text-ink-3">
      {label}
      <input ref={adoptEarlyInput} type="date" value={value} onChange={(event) => onChange(event.target.value)} className={`${boxClass} px-2`} />
    </label>
  );
}
