"use client";
import { useSecrets } from "@/components/projects/secrets-context";
import { Badge } from "@/components/ui/badge";
import { SecretField } from "@/components/ui/secret-field";
import { TimeAgo } from "@/components/ui/time-ago";
import type { ApiKeyView, KeysView } from "@/lib/projects/views";
import type { KeysActs } from "./keys-acts";
import { EndOverlapButton, RotateButton } from "./rotate-dialog";

type ListProps = { view: KeysView; acts: Pick<KeysActs, "rotate" | "endOverlap">; whyNot: string | null };

/** Every API key: for whom it is, how old, what is valid beside it. Values show on demand. */
export function KeysList({ view, acts, whyNot }: ListProps) {
  return (
    <ul aria-label="API keys" className="flex flex-col divide-y divide-line rounded border border-line bg-surface">
      {view.keys.map((key) => (
        <li key={key.kind} className="flex flex-col gap-1 px-4 py-2.5">
          <Value apiKey={key} mayReveal={view.mayReveal} />
          <p className="max-w-3xl text-sm text-ink-2">{key.use}</p>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <Facts apiKey={key} />
            {view.mayRotate && <Acts apiKey={key} view={view} acts={acts} whyNot={whyNot} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Value({ apiKey: { secret, label }, mayReveal }: { apiKey: ApiKeyView; mayReveal: boolean }) {
  const { shown, reveal, hide, isBusy } = useSecrets();
  return <SecretField label={label} value={shown[secret]} isBusy={isBusy} mayReveal={mayReveal} onReveal={async () => (await reveal([secret]))?.[secret] ?? null} onHide={hide} />;
}

function Facts({ apiKey: { isValid, role, madeAt, previous } }: { apiKey: ApiKeyView }) {
  return (
    <div className="flex min-w-0 flex-1 basis-56 flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-3">
      {isValid ? <Badge tone="good">Valid</Badge> : <Badge tone="idle">Off</Badge>}
      <span>
        Role <code className="font-mono text-xs">{role}</code>
      </span>
      {madeAt !== null && <TimeAgo at={madeAt} prefix="made " isInline />}
      {previous !== null && (
        <Badge tone="warn">
          {previous.endsAt === null ? "The key before it is still valid" : <TimeAgo at={previous.endsAt} prefix="The key before it ends " isInline />}
        </Badge>
      )}
    </div>
  );
}

function Acts({ apiKey: { kind, label, previous }, view, acts, whyNot }: { apiKey: ApiKeyView; view: KeysView } & Omit<ListProps, "view">) {
  if (kind !== "publishable" && kind !== "secret") return null;
  if (previous !== null) return <EndOverlapButton projectRef={view.ref} kind={kind} label={label.toLowerCase()} act={acts.endOverlap} whyNot={whyNot} />;
  return <RotateButton projectRef={view.ref} kind={kind} label={label.toLowerCase()} services={view.services} act={acts.rotate} whyNot={whyNot} />;
}
