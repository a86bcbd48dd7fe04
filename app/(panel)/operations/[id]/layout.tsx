import type { ReactNode } from "react";
import { loadOperation } from "./load-operation";

/** Refuses before anything is sent: behind the skeleton it would be too late for the status 404. */
export default async function GuardLayout({ params, children }: { params: Promise<{ id: string }>; children: ReactNode }) {
  await loadOperation((await params).id);
  return children;
}
