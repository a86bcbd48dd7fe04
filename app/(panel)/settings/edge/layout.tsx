import type { ReactNode } from "react";
import { openPage } from "@/lib/server/current-actor";

/** Refuses before anything is sent: behind the skeleton it would be too late for the status 404. */
export default async function GuardLayout({ children }: { children: ReactNode }) {
  await openPage("/settings/edge");
  return children;
}
