import type { ReactNode } from "react";
import { openPage } from "@/lib/server/current-actor";

/** Refuses before anything is sent: behind the skeleton it would be too late for the status 404. */
export default async function GuardLayout({ params, children }: { params: Promise<{ ref: string }>; children: ReactNode }) {
  await openPage("/projects/[ref]/studio", { ref: (await params).ref });
  return children;
}
