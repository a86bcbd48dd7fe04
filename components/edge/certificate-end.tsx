import { Badge, type Tone } from "@/components/ui/badge";
import { TimeAgo } from "@/components/ui/time-ago";

type Ending = { notAfter: string; daysLeft: number; level: "ok" | "soon" | "urgent" | "expired" };

const toneOf: Record<Ending["level"], Tone> = { ok: "good", soon: "warn", urgent: "bad", expired: "bad" };

/** How long a certificate is still valid. Those of the internal authority live for hours. */
export function CertificateEnd({ certificate: { notAfter, daysLeft, level } }: { certificate: Ending }) {
  const isDays = daysLeft >= 2;
  return <Badge tone={toneOf[level]}>{isDays ? <span title={new Date(notAfter).toUTCString()}>{daysLeft} days left</span> : <TimeAgo at={notAfter} prefix={level === "expired" ? "ended " : "ends "} isInline />}</Badge>;
}
