import type { ReactNode } from "react";
import { Logo } from "@/components/shell/logo";

/** The frame of pages outside the panel: set-up, sign-in, invitation, reset. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main id="main" className="flex min-h-dvh flex-col items-center px-4 pb-16 pt-[14vh]">
      <div className="flex w-full max-w-sm flex-col gap-6">
        <div className="flex flex-col gap-4">
          <Logo className="size-8" />
          <h1 className="text-xl font-semibold">{title}</h1>
        </div>
        {children}
      </div>
    </main>
  );
}
