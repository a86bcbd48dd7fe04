import { ButtonLink } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { TimeAgo } from "@/components/ui/time-ago";
import { sayRenewal, type ExpiryWarning } from "./domain-words";

/** Certificates of a project that end soon or have ended, on its overview. */
export function ExpiryBanner({ projectRef, warnings }: { projectRef: string; warnings: readonly ExpiryWarning[] }) {
  const [first, ...more] = warnings;
  if (first === undefined) return null;
  return (
    <Notice tone={first.tone} act={<ButtonLink size="sm" href={`/projects/${projectRef}/domains`}>Domains</ButtonLink>}>
      The certificate of <span className="font-mono text-sm">{first.hostname}</span> {first.isExpired ? "ended" : "ends"} <TimeAgo at={first.notAfter} isInline />. {sayRenewal(first)}
      {more.length > 0 && (more.length === 1 ? " Another certificate needs a look as well." : ` ${more.length} other certificates need a look as well.`)}
    </Notice>
  );
}
