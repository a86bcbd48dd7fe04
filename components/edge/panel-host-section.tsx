"use client";
import { SettingsSection } from "@/components/settings-form/settings-section";
import { useDraft } from "@/components/settings-form/use-draft";
import { Checkbox, Radio, RadioGroup } from "@/components/ui/choice";
import { Mono } from "@/components/ui/code-block";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { EdgeSectionProps } from "./edge-acts";
import { authorityName, hstsHint, hstsYearSeconds } from "./edge-words";
import { useEdgeSave } from "./use-edge-save";

type PanelHostProps = EdgeSectionProps & { isOn: boolean; panelUrl: string | null; /** The panel's own address, which stays. */ ownUrl: string; /** Whether the page was opened through the edge. */ isThroughEdge: boolean };

/** A name under which the edge serves the panel itself, proven before it is kept. */
export function PanelHostSection({ settings, edit, whyNot, isOn, panelUrl, ownUrl, isThroughEdge }: PanelHostProps) {
  const saved = settings.panelHost;
  const { draft, isDirty, isChanged, set, reset } = useDraft({ hostname: saved?.hostname ?? "", tls: saved?.tls ?? "acme", redirectsHttp: saved?.redirectsHttp ?? true, hasHsts: (saved?.hstsSeconds ?? null) !== null });
  const save = useEdgeSave(edit, reset);
  const isNamed = draft.hostname.trim() !== "";
  const submit = () => {
    const hstsSeconds = draft.hasHsts && draft.tls !== "none" ? (saved?.hstsSeconds ?? hstsYearSeconds) : null;
    void save.run({ panelHost: isNamed ? { hostname: draft.hostname, tls: draft.tls, redirectsHttp: draft.redirectsHttp, hstsSeconds } : null });
  };
  return (
    <SettingsSection
      title="The panel's own name"
      anchor="panel-name"
      description={<>Reaches the panel without a tunnel. <Mono>{ownUrl}</Mono> keeps working on the machine.</>}
      isDirty={isDirty}
      isBusy={save.isBusy}
      failure={save.sentence}
      consequence={isDirty && (isNamed ? "The edge serves it, and the panel is asked under this name before it is kept. People sign in once more there." : "The panel is reached by its own address alone. People who use the name now have to go there.")}
      isReadOnly={whyNot !== null || !isOn}
      readOnlyReason={isOn ? (whyNot ?? undefined) : "Turn the edge on first: it is what serves the name."}
      onSave={submit}
      onReset={reset}
    >
      {panelUrl !== null && (
        <p className="text-ink-2">
          Served at <a href={panelUrl} className="underline [overflow-wrap:anywhere]">{panelUrl}</a>
          {isThroughEdge ? ", which you use now." : "."}
        </p>
      )}
      <Field label="Host name" error={save.fieldError("panelHost.hostname")} isDirty={isChanged("hostname")} hint="Such as panel.example.com, with DNS that leads to this machine. Empty: none.">
        <Input name="hostname" isMono autoComplete="off" spellCheck={false} value={draft.hostname} onChange={(event) => set("hostname", event.target.value)} />
      </Field>
      {isThroughEdge && isDirty && draft.hostname.trim() !== saved?.hostname && <Notice tone="warn">You use the panel under this name. After the change it answers elsewhere: at the new name, and at {ownUrl} on the machine.</Notice>}
      <RadioGroup legend="Certificate">
        <Radio name="tls" value="acme" label={`From ${authorityName(settings.acme)}`} hint="Got and renewed by itself. The name has to be public, and ports 80 and 443 reachable from the internet." checked={draft.tls === "acme"} onChange={() => set("tls", "acme")} />
        <Radio name="tls" value="internal" label="From the edge's own authority" hint="For a LAN. Devices have to trust its root, which can be downloaded above once there is one." checked={draft.tls === "internal"} onChange={() => set("tls", "internal")} />
        <Radio name="tls" value="none" label="None: a proxy in front of the edge ends TLS" hint="The panel answers over plain HTTP to that proxy, and works in browsers over HTTPS alone." checked={draft.tls === "none"} onChange={() => set("tls", "none")} />
      </RadioGroup>
      {draft.tls !== "none" && (
        <>
          <Checkbox name="redirectsHttp" label="Send plain HTTP to HTTPS" checked={draft.redirectsHttp} onChange={(event) => set("redirectsHttp", event.target.checked)} />
          <Checkbox name="hasHsts" label="Tell browsers to use HTTPS alone (HSTS)" hint={hstsHint} checked={draft.hasHsts} onChange={(event) => set("hasHsts", event.target.checked)} />
        </>
      )}
    </SettingsSection>
  );
}
