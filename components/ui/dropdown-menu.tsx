"use client";
import { Check } from "lucide-react";
import { DropdownMenu as Primitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./class-names";

const plainClass = "text-ink data-[disabled]:text-ink-3";
const itemClass = "flex min-h-8 cursor-default items-center gap-2 rounded-sm px-2 py-1 text-base outline-none data-[highlighted]:bg-hover max-sm:min-h-11";

type MenuProps = { trigger: ReactNode; startsOpen?: boolean; children: ReactNode };

/** A menu that opens under its trigger. It has no portal, so that it stays inside the landmark of its trigger. */
export function DropdownMenu({ trigger, startsOpen = false, children }: MenuProps) {
  return (
    <Primitive.Root modal={false} defaultOpen={startsOpen}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Content align="end" sideOffset={4} collisionPadding={8} className="z-50 min-w-44 max-w-80 animate-appear rounded border border-line bg-raised p-1">
        {children}
      </Primitive.Content>
    </Primitive.Root>
  );
}

type ItemProps = ComponentProps<typeof Primitive.Item> & { icon?: ReactNode; isDangerous?: boolean };

export function MenuItem({ icon, isDangerous = false, className, children, asChild, ...rest }: ItemProps) {
  if (asChild) {
    return (
      <Primitive.Item {...rest} asChild className={cn(itemClass, isDangerous ? "text-bad data-[disabled]:text-ink-3" : plainClass, className)}>
        {children}
      </Primitive.Item>
    );
  }
  return (
    <Primitive.Item {...rest} className={cn(itemClass, isDangerous ? "text-bad data-[disabled]:text-ink-3" : plainClass, className)}>
      {icon}
      {children}
    </Primitive.Item>
  );
}

export function MenuRadioGroup({ value, onChange, options }: { value: string; onChange(value: string): void; options: readonly { value: string; label: string; icon?: ReactNode }[] }) {
  return (
    <Primitive.RadioGroup value={value} onValueChange={onChange}>
      {options.map((option) => (
        <Primitive.RadioItem key={option.value} value={option.value} className={cn(itemClass, plainClass)}>
          {option.icon}
          <span className="flex-1">{option.label}</span>
          <Primitive.ItemIndicator>
            <Check aria-hidden className="size-4" />
          </Primitive.ItemIndicator>
        </Primitive.RadioItem>
      ))}
    </Primitive.RadioGroup>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Primitive.Label className="px-2 py-1.5 text-sm text-ink-3">{children}</Primitive.Label>;
}

export function MenuSeparator() {
  return <Primitive.Separator className="my-1 h-px bg-line" />;
}
