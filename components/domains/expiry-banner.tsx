import Link from "next/link";
import { Notice } from "@/components/ui/notice";
import { TimeAgo } from "@/components/ui/time-ago";
import { sayRenewal, type ExpiryWarning } from "./domain-words";

/** Certificates of a project that end soon or have ended, on its overview. */
export function ExpiryBanner({ projectRef, warnings }: { projectRef: string; warnings: readonly ExpiryWarning[] }) {
  const [first, ...more] = warnings;
  if (first === undefined) return null;
  return (
    <Notice tone={first.tone} act={<Link href={`/projects/${projectRef}/domains`} className="underline">Domains</Link>}>
      The certificate of <span className="font-mono text-sm">{first.hostname}</span> {first.isExpired ? "ended" : "ends"} <TimeAgo at={first.notAfter} isInline />
      {more.length > 0 && `, and ${more.length === 1 ? "another" : `${more.length} others`} soon`}. {sayRenewal(first)}
    </Notice>
  );
}
