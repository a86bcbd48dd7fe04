"use client";
import { SettingsSection } from "@/components/settings-form/settings-section";
import { useDraft } from "@/components/settings-form/use-draft";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { EdgeSectionProps } from "./edge-acts";
import { useEdgeSave } from "./use-edge-save";

type PortsProps = EdgeSectionProps & { domains: number };

/** Where names are served, and whose word on who asks is believed. */
export function PortsSection({ settings, edit, whyNot, domains }: PortsProps) {
  const { draft, isDirty, isChanged, set, reset } = useDraft({ httpPort: String(settings.httpPort), httpsPort: String(settings.httpsPort), publicAddresses: settings.publicAddresses.join(" "), trustedProxies: settings.trustedProxies.join(" ") });
  const save = useEdgeSave(edit, reset);
  const isUsual = draft.httpPort.trim() === "80" && draft.httpsPort.trim() === "443";
  const errorOf = (name: "publicAddresses" | "trustedProxies") => [...Array(20).keys()].map((index) => save.fieldError(`${name}.${index}`)).find((error) => error !== undefined) ?? save.fieldError(name);
  const submit = () =>
    void save.run({
      ...(isChanged("httpPort") ? { httpPort: toPort(draft.httpPort) } : {}),
      ...(isChanged("httpsPort") ? { httpsPort: toPort(draft.httpsPort) } : {}),
      ...(isChanged("publicAddresses") ? { publicAddresses: toWords(draft.publicAddresses) } : {}),
      ...(isChanged("trustedProxies") ? { trustedProxies: toWords(draft.trustedProxies) } : {}),
    });
  return (
    <SettingsSection title="Ports and addresses" anchor="ports" description="Where the edge serves names. A project's own address keeps its port." isDirty={isDirty} isBusy={save.isBusy} failure={save.sentence} isReadOnly={whyNot !== null} readOnlyReason={whyNot ?? undefined} onSave={submit} onReset={reset}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="HTTP port" error={save.fieldError("httpPort")} isDirty={isChanged("httpPort")} hint="80 unless something forwards to another.">
          <Input name="httpPort" isMono inputMode="numeric" disabled={domains > 0} value={draft.httpPort} onChange={(event) => set("httpPort", event.target.value)} />
        </Field>
        <Field label="HTTPS port" error={save.fieldError("httpsPort")} isDirty={isChanged("httpsPort")} hint="443 unless something forwards to another.">
          <Input name="httpsPort" isMono inputMode="numeric" disabled={domains > 0} value={draft.httpsPort} onChange={(event) => set("httpsPort", event.target.value)} />
        </Field>
      </div>
      {domains > 0 && <p className="text-sm text-ink-3">Projects with a domain were told its ports. They can be changed when no project has one.</p>}
      {!isUsual && <Notice tone="warn">Certificates are got over ports 80 and 443 alone. Other ports need something in front that forwards 80 and 443 to them; without it only the internal authority and uploaded certificates work, and addresses carry the port.</Notice>}
      <Field label="Addresses of this machine" error={errorOf("publicAddresses")} isDirty={isChanged("publicAddresses")} hint="Under which others reach it, where it is behind NAT: DNS records name them. Empty: those of its interfaces.">
        <Input name="publicAddresses" isMono autoComplete="off" spellCheck={false} value={draft.publicAddresses} onChange={(event) => set("publicAddresses", event.target.value)} />
      </Field>
      <Field label="Proxies in front" error={errorOf("trustedProxies")} isDirty={isChanged("trustedProxies")} hint="Networks in CIDR form, with spaces between. What they say of who asks is believed, for IP lists and the audit log. Empty: nobody's.">
        <Input name="trustedProxies" isMono autoComplete="off" spellCheck={false} value={draft.trustedProxies} onChange={(event) => set("trustedProxies", event.target.value)} />
      </Field>
    </SettingsSection>
  );
}

const toWords = (text: string) => text.split(/[\s,]+/).filter((part) => part !== "");

/** What is no number is refused by the server, with the rule. */
const toPort = (text: string) => (/^\d{1,5}$/.test(text.trim()) ? Number(text.trim()) : 0);
