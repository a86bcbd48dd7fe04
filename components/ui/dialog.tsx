"use client";
import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import { useRef, type ReactNode } from "react";
import { cn } from "./class-names";

type DialogProps = {
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  className?: string;
};

const close = "absolute right-3 top-3 inline-flex size-7 items-center justify-center rounded text-ink-3 hover:bg-hover hover:text-ink max-sm:size-11";

function Scrim() {
  return <Primitive.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />;
}

/** Back to what opened it. The primitive knows only a trigger of its own, and these are opened by the page. */
function useReturnOfFocus() {
  const opener = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: () => {
      opener.current = openerOf(document.activeElement);
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      opener.current?.focus();
    },
  };
}

/** An entry of a menu is gone by then; what opened the menu is not. */
function openerOf(active: Element | null): HTMLElement | null {
  const menuButton = document.getElementById(active?.closest("[role=menu]")?.getAttribute("aria-labelledby") ?? "");
  return menuButton ?? (active instanceof HTMLElement ? active : null);
}

/** A small window over the page. Focus stays inside, Escape closes, focus goes back to where it came from. */
export function Dialog({ isOpen, onOpenChange, title, description, children, footer, className }: DialogProps) {
  const focus = useReturnOfFocus();
  return (
    <Primitive.Root open={isOpen} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Scrim />
        <Primitive.Content
          {...focus}
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cn("fixed left-1/2 top-[12vh] z-50 flex max-h-[80vh] w-[min(30rem,calc(100vw-2rem))] -translate-x-1/2 animate-appear flex-col rounded border border-line bg-raised", className)}
        >
          <header className="flex flex-col gap-1 px-5 pb-3 pt-4 pr-12">
            <Primitive.Title className="text-lg font-semibold">{title}</Primitive.Title>
            {description && <Primitive.Description className="text-base text-ink-2">{description}</Primitive.Description>}
          </header>
          <div className="min-h-0 overflow-y-auto px-5 pb-5">{children}</div>
          {footer && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
          <Primitive.Close aria-label="Close" className={close}>
            <X aria-hidden className="size-4" />
          </Primitive.Close>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** A panel from the right edge for something long: a list of what goes, running operations. */
export function Sheet({ isOpen, onOpenChange, title, description, children, footer, className }: DialogProps) {
  const focus = useReturnOfFocus();
  return (
    <Primitive.Root open={isOpen} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Scrim />
        <Primitive.Content
          {...focus}
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cn("fixed inset-y-0 right-0 z-50 flex w-[min(28rem,100vw)] animate-slide flex-col border-l border-line bg-raised", className)}
        >
          <header className="flex flex-col gap-1 border-b border-line px-5 py-4 pr-12">
            <Primitive.Title className="text-lg font-semibold [overflow-wrap:anywhere]">{title}</Primitive.Title>
            {description && <Primitive.Description className="text-base text-ink-2">{description}</Primitive.Description>}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {footer && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
          <Primitive.Close aria-label="Close" className={close}>
            <X aria-hidden className="size-4" />
          </Primitive.Close>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
