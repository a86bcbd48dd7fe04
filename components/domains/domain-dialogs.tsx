"use client";
import { useEffect, useState } from "react";
import { useAct } from "@/components/act/use-act";
import { hstsHint, hstsYearSeconds } from "@/components/edge/edge-words";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Sheet } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { RowsSkeleton } from "@/components/ui/skeleton";
import { edgeLoadNote } from "@/lib/gateway/edge-load";
import type { DomainPreview, DomainView } from "@/lib/projects/views";
import { PreviewList } from "./domain-preview";
import type { DomainSheet } from "./domain-menu-entries";
import type { DomainsActs } from "./domains-acts";
import { PemFields } from "./pem-fields";

type DialogProps = { projectRef: string; domain: DomainView; acts: DomainsActs; onClose(): void };

/** Whatever is opened over the list of domains, with the forms that it needs. */
export function DomainSheets({ opened, ...props }: DialogProps & { opened: DomainSheet }) {
  if (opened === "change") return <ChangeDialog {...props} />;
  if (opened === "replace") return <ReplaceDialog {...props} />;
  return <PreviewedAct {...props} act={opened} />;
}

/** Shows what attaching, or removing, changes, and does it. */
function PreviewedAct({ act, ...props }: DialogProps & { act: "attach" | "remove" }) {
  const { domain, onClose } = props;
  const verb = act === "attach" ? (domain.state === "failed" ? "Try again" : "Attach") : "Remove";
  const description = act === "attach" ? "Its certificate is got, it is asked from outside, then it opens. What fails goes back by itself." : "The edge serves it no more, and the project goes back to what it was told before.";
  return (
    <Sheet isOpen onOpenChange={onClose} title={`${act === "attach" ? "Attach" : "Remove"} ${domain.displayName}`} description={description} className="w-[min(36rem,100vw)]">
      <PreviewedForm {...props} act={act} verb={verb} />
    </Sheet>
  );
}

function PreviewedForm({ act, verb, projectRef, domain, acts, onClose }: DialogProps & { act: "attach" | "remove"; verb: string }) {
  const { hostname, kind } = domain;
  const [isMain, setMain] = useState<boolean>();
  const { preview, failure } = usePreview(acts.preview, { ref: projectRef, hostname, act, isMain });
  // What is agreed to is what is shown.
  const isShown = preview !== null && (isMain === undefined || preview.isMain === isMain);
  const attach = useAct(acts.attach, { failures: "inline", onDone: onClose });
  const remove = useAct(acts.remove, { failures: "inline", onDone: onClose });
  const { isBusy, failure: refused } = act === "attach" ? attach : remove;
  const run = () => void (act === "attach" ? attach.run({ ref: projectRef, hostname, ...(isMain === undefined ? {} : { isMain }) }) : remove.run({ ref: projectRef, hostname }));
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {refused !== null && <Notice tone="bad">{refused.message}</Notice>}
      {failure !== null && <Notice tone="bad">{failure}</Notice>}
      {act === "attach" && kind === "api" && preview !== null && <Checkbox name="isMain" label="Tell the project's services this address" hint="It becomes the public URL: in links of mails, of stored files, and in Studio." checked={isMain ?? preview.isMain} onChange={(event) => setMain(event.target.checked)} />}
      {preview === null ? failure === null && <RowsSkeleton rows={3} /> : <PreviewList preview={preview} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{act === "attach" ? "Not yet" : "Keep it"}</Button>
        <Button variant={act === "attach" ? "primary" : "danger"} isBusy={isBusy} disabled={!isShown} onClick={run}>
          {act === "remove" ? `Remove ${hostname}` : verb}
        </Button>
      </div>
    </div>
  );
}

type PreviewInput = { ref: string; hostname: string; act: "attach" | "remove"; isMain: boolean | undefined };

/** Asked anew whenever the choice changes; the earlier one is shown until then. */
function usePreview(ask: DomainsActs["preview"], { ref, hostname, act, isMain }: PreviewInput): { preview: DomainPreview | null; failure: string | null } {
  const [preview, setPreview] = useState<DomainPreview | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void ask({ ref, hostname, act, ...(isMain === undefined ? {} : { isMain }) }).then(
      (result) => {
        if (!isCurrent) return;
        setFailure(result.ok ? null : result.error.message);
        if (result.ok) setPreview(result.data);
      },
      () => isCurrent && setFailure("The panel did not answer. Try again."),
    );
    return () => {
      isCurrent = false;
    };
  }, [ask, ref, hostname, act, isMain]);
  return { preview, failure };
}

/** Redirect and HSTS of a domain. */
function ChangeDialog({ projectRef, domain, acts, onClose }: DialogProps) {
  const [redirectsHttp, setRedirects] = useState(domain.redirectsHttp);
  const [hasHsts, setHsts] = useState(domain.hstsSeconds !== null && domain.hstsSeconds > 0);
  const { run, isBusy, failure } = useAct(acts.change, { failures: "inline", onDone: onClose });
  const hstsSeconds = hasHsts ? domain.hstsSeconds || hstsYearSeconds : null;
  return (
    <Sheet isOpen onOpenChange={onClose} title={`HTTP and HSTS of ${domain.displayName}`} description={edgeLoadNote}>
      <div className="flex flex-col gap-4">
        {failure !== null && <Notice tone="bad">{failure.message}</Notice>}
        <Checkbox name="redirectsHttp" label="Send plain HTTP to HTTPS" checked={redirectsHttp} onChange={(event) => setRedirects(event.target.checked)} />
        <Checkbox name="hasHsts" label="Tell browsers to use HTTPS alone (HSTS)" hint={hstsHint} checked={hasHsts} onChange={(event) => setHsts(event.target.checked)} />
        {domain.hstsSeconds !== null && !hasHsts && <Notice tone="warn">Browsers that saw it keep to HTTPS until the time that they were told is over.</Notice>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" isBusy={isBusy} onClick={() => void run({ ref: projectRef, hostname: domain.hostname, redirectsHttp, hstsSeconds })}>
            Save
          </Button>
        </div>
      </div>
    </Sheet>
  );
}

/** A certificate of a person's own in the place of the one that is served. */
function ReplaceDialog({ projectRef, domain, acts, onClose }: DialogProps) {
  const [pem, setPem] = useState({ certificatePem: "", keyPem: "" });
  const { run, isBusy, failure, fieldError } = useAct(acts.replace, { failures: "inline", done: "The certificate is replaced.", onDone: onClose });
  const isOwn = domain.tls === "uploaded";
  const title = isOwn ? `Replace the certificate of ${domain.displayName}` : `Use a certificate of your own for ${domain.displayName}`;
  return (
    <Sheet isOpen onOpenChange={onClose} title={title} description={`The old one is served until the new one is in force. ${edgeLoadNote}`}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void run({ ref: projectRef, hostname: domain.hostname, ...pem });
        }}
      >
        {failure !== null && failure.fields === undefined && <Notice tone="bad">{failure.message}</Notice>}
        <PemFields value={pem} onChange={setPem} errors={{ certificatePem: fieldError("certificatePem"), keyPem: fieldError("keyPem") }} />
        {!isOwn && <Notice tone="warn">Nobody renews it then but you: the panel warns 21 and 7 days before it ends. To have the edge get certificates again, remove the domain and add it anew.</Notice>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Keep the old one</Button>
          <Button type="submit" variant="primary" isBusy={isBusy}>
            {isOwn ? "Replace" : "Use it"}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
