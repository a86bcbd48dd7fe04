"use client";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { hstsHint, hstsYearSeconds } from "@/components/edge/edge-words";
import { Button } from "@/components/ui/button";
import { Checkbox, Radio, RadioGroup } from "@/components/ui/choice";
import { Sheet } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { ActForm } from "@/components/ui/act-form";
import type { DomainsView } from "@/lib/projects/views";
import type { DomainsActs } from "./domains-acts";
import { PemFields } from "./pem-fields";

export type AddSheetProps = { view: DomainsView; acts: Pick<DomainsActs, "add" | "check">; onClose(): void };

const empty = { hostname: "", kind: "api" as "api" | "studio", tls: "acme" as "acme" | "uploaded" | "internal", redirectsHttp: true, hasHsts: false, pem: { certificatePem: "", keyPem: "" } };

/** A name, what it serves, and where its certificate comes from. */
export function AddDomainSheet(props: AddSheetProps) {
  return (
    <Sheet isOpen onOpenChange={props.onClose} title="Add a domain" description="Nothing changes for anybody yet: afterwards it is checked, and attached when you say so.">
      <AddForm {...props} />
    </Sheet>
  );
}

function AddForm({ view, acts, onClose }: AddSheetProps) {
  const [wish, setWish] = useState(empty);
  const set = (part: Partial<typeof empty>) => setWish((before) => ({ ...before, ...part }));
  const check = useAct(acts.check, { failures: "toast" });
  const add = useAct(acts.add, {
    failures: "inline",
    onDone: ({ hostname }) => {
      onClose();
      void check.run({ ref: view.ref, hostname });
    },
  });
  const { hostname, kind, tls, redirectsHttp, hasHsts, pem } = wish;
  const isUploaded = tls === "uploaded";
  const submit = () => void add.run({ ref: view.ref, hostname, kind, tls, redirectsHttp, hstsSeconds: hasHsts ? hstsYearSeconds : null, ...(isUploaded ? pem : {}) });
  return (
    <ActForm failure={add.failure} onSubmit={submit}>
      <Field label="Name" hint="Such as api.example.com. With an uploaded certificate also *.example.com." error={add.fieldError("hostname")} isRequired>
        <Input name="hostname" isMono autoComplete="off" spellCheck={false} value={hostname} onChange={(event) => set({ hostname: event.target.value })} />
      </Field>
      <RadioGroup legend="Serves">
        <Radio name="kind" value="api" label="The API" hint="All that the project's own address serves." checked={kind === "api"} onChange={() => set({ kind: "api" })} />
        <Radio name="kind" value="studio" label="Studio alone" hint="Everything under this name is Studio." disabled={!view.services.includes("studio")} checked={kind === "studio"} onChange={() => set({ kind: "studio" })} />
      </RadioGroup>
      <RadioGroup legend="Certificate">
        <Radio name="tls" value="acme" label={`From ${view.edge.authority}`} hint="Got and renewed by itself, over ports 80 and 443. No wildcards: they need DNS-01, for which the edge's image has no module." checked={tls === "acme"} onChange={() => set({ tls: "acme" })} />
        <Radio name="tls" value="uploaded" label="My own" hint="You upload it, and its successor in time." checked={isUploaded} onChange={() => set({ tls: "uploaded" })} />
        <Radio name="tls" value="internal" label="From the edge's own authority" hint="For a LAN. Devices have to trust its root." checked={tls === "internal"} onChange={() => set({ tls: "internal" })} />
      </RadioGroup>
      {isUploaded && <PemFields value={pem} onChange={(next) => set({ pem: next })} errors={{ certificatePem: add.fieldError("certificatePem"), keyPem: add.fieldError("keyPem") }} />}
      <Checkbox name="redirectsHttp" label="Send plain HTTP to HTTPS" checked={redirectsHttp} onChange={(event) => set({ redirectsHttp: event.target.checked })} />
      <Checkbox name="hasHsts" label="Tell browsers to use HTTPS alone (HSTS)" hint={hstsHint} checked={hasHsts} onChange={(event) => set({ hasHsts: event.target.checked })} />
      {add.fieldError("hstsSeconds") !== undefined && <Notice tone="bad">{add.fieldError("hstsSeconds") ?? ""}</Notice>}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" isBusy={add.isBusy} disabled={hostname.trim() === ""}>
          Add
        </Button>
      </div>
    </ActForm>
  );
}
