import { Globe } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { addDomain, attachDomain, changeDomain, checkDomain, downloadRoot, previewDomain, removeDomain, replaceCertificate } from "@/app/actions/domain-actions";
import { cancel } from "@/app/actions/operation-actions";
import { checkPublic } from "@/app/actions/project-actions";
import { AddDomainButton } from "@/components/domains/add-domain-button";
import { DomainList } from "@/components/domains/domain-list";
import { whyNotNow } from "@/components/domains/domain-words";
import type { DomainsActs } from "@/components/domains/domains-acts";
import { drawProxies } from "@/components/domains/draw-proxies";
import { CheckPublicButton, ExternalProxy } from "@/components/domains/external-proxy";
import { PassingOperation } from "@/components/operations/passing-operation";
import { ButtonLink } from "@/components/ui/button";
import { Mono } from "@/components/ui/code-block";
import { EmptyState } from "@/components/ui/empty-state";
import { KeyValue } from "@/components/ui/key-value";
import { FailureNote, Notice } from "@/components/ui/notice";
import { Section } from "@/components/ui/page-header";
import { may } from "@/lib/access/authorize";
import { isHostname } from "@/lib/gateway/edge-input";
import { listDomains } from "@/lib/projects/domains/list-domains";
import { getOperation, listOperations } from "@/lib/projects/get-operation";
import type { DomainsView, OperationView, ProjectDetail } from "@/lib/projects/views";
import { forPage, openPage } from "@/lib/server/current-actor";
import { loadProject } from "../load-project";

export const metadata: Metadata = { title: "Domains" };

const acts: DomainsActs = { add: addDomain, check: checkDomain, preview: previewDomain, attach: attachDomain, change: changeDomain, replace: replaceCertificate, remove: removeDomain, root: downloadRoot };

export default async function Page({ params }: { params: Promise<{ ref: string }> }) {
  const { ref } = await params;
  const ctx = await openPage("/projects/[ref]/domains", { ref });
  const [project, view, latest] = await Promise.all([loadProject(ref), forPage(listDomains(ctx, { ref })), listOperations(ctx, { projectRef: ref, limit: 1 })]);
  const [newest] = latest.items;
  const isDomainWork = newest !== undefined && newest.kind.startsWith("domain.");
  const running = isDomainWork && newest.finishedAt === null ? await forPage(getOperation(ctx, newest.id)) : null;
  const whyNot = whyNotNow(view);
  return (
    <>
      {running !== null && <PassingOperation operation={running} label={running.title} heading={<span className="font-medium">{running.title}</span>} cancel={project.may.includes("operation.cancel") ? cancel : null} cancelled="Cancelling. What was changed goes back." />}
      {isDomainWork && newest.failure !== null && newest.finishedAt !== null && <Failure operation={newest} />}
      <Section title="Domains" hint="Served by the edge, with certificates." acts={view.mayEdit && view.domains.length > 0 && <AddDomainButton view={view} acts={acts} whyNot={view.edge.isOn ? whyNot : "The edge is off."} />}>
        <EdgeNote edge={view.edge} mayTurnOn={may(ctx.actor, "installation.settings") !== "no"} />
        {view.domains.length > 0 && <DomainList view={view} acts={acts} whyNot={whyNot} />}
        {view.domains.length === 0 && view.edge.isOn && (
          <EmptyState icon={<Globe aria-hidden />} title="No domain yet" act={view.mayEdit && <AddDomainButton view={view} acts={acts} whyNot={whyNot} />}>
            A name of your own for this project, with a certificate that the edge gets and renews.
          </EmptyState>
        )}
      </Section>
      <PublicUrl project={project} isServed={view.domains.some(({ state }) => state === "open")} />
    </>
  );
}

/** What it takes before a name can be served. */
function EdgeNote({ edge: { isOn, isBehind }, mayTurnOn }: { edge: DomainsView["edge"]; mayTurnOn: boolean }) {
  if (!isOn) {
    return (
      <Notice tone="info" act={mayTurnOn && <ButtonLink size="sm" href="/settings/edge">Edge settings</ButtonLink>}>
        Domains are served by the edge, one proxy in front of all projects, and it is off. {mayTurnOn ? "It takes ports 80 and 443 of this machine; every project keeps its address." : "An owner or admin can turn it on under Settings."} With a proxy of your own no domain is needed here: see below.
      </Notice>
    );
  }
  if (isBehind) return null;
  return (
    <Notice tone="warn">
      The edge is on, and this project has not moved behind it yet. {mayTurnOn ? <>The reason stands under <Link href="/settings/edge" className="underline">Settings, Edge</Link>.</> : "It is moved once it is ready and nothing else runs on it."} A domain can be added now and attached then.
    </Notice>
  );
}

/** A change that was taken back. Why attaching failed stands at the domain itself. */
function Failure({ operation: { id, kind, title, failure } }: { operation: OperationView }) {
  if (failure === null || kind === "domain.attach") return null;
  return <FailureNote what={failure.sentence} stillWorks={`${title}: it was taken back, and what was served before is served on.`} technical={failure.evidence.length === 0 ? null : failure.evidence.join("\n")} acts={<ButtonLink href={`/operations/${id}`}>Open operation</ButtonLink>} />;
}

/** What the services are told, and the other way to a name: a proxy that somebody runs already. */
function PublicUrl({ project, isServed }: { project: ProjectDetail; isServed: boolean }) {
  const { bindAddress, publicUrl } = project.settings;
  const upstream = { host: bindAddress === "0.0.0.0" ? "127.0.0.1" : bindAddress, port: project.ports.gateway };
  const whyNot = whyNotChecked(project, upstream);
  const wish = { hostnames: hostnameOf(publicUrl), certificatePath: "", keyPath: "" };
  return (
    <>
      <Section title="Public URL" hint="What browsers and the project's services are told." acts={project.may.includes("project.prove") && <CheckPublicButton projectRef={project.ref} act={checkPublic} whyNot={whyNot} />}>
        <div className="min-w-0 rounded border border-line bg-surface px-4 py-3">
          <KeyValue pairs={[{ key: "Public URL", value: <Mono>{publicUrl}</Mono> }, { key: "The project listens on", value: <Mono>{`${bindAddress}:${upstream.port}`}</Mono> }]} />
        </div>
        <p className="text-sm text-ink-3">{whyNot ?? "Check sends the contract through the public URL and says which request was not answered as it must be. It changes nothing."}</p>
      </Section>
      <Section title="You have a proxy already" hint="The other way: no edge, and ready configurations for a proxy that serves a domain in front of this project.">
        <Folded isFolded={isServed}>
          <ExternalProxy project={{ ref: project.ref, upstream }} starts={{ wish, drawn: drawProxies({ ref: project.ref, upstream }, wish) }} />
        </Folded>
      </Section>
    </>
  );
}

/** Out of the way where the edge serves a name already. */
function Folded({ isFolded, children }: { isFolded: boolean; children: ReactNode }) {
  if (!isFolded) return children;
  return (
    <details className="group">
      <summary className="inline-flex h-7 items-center rounded px-1.5 text-sm text-ink-2 hover:text-ink max-sm:h-11">
        <span className="group-open:hidden">Show the configurations</span>
        <span className="hidden group-open:inline">Hide the configurations</span>
      </summary>
      <div className="pt-3">{children}</div>
    </details>
  );
}

/** The host name of a URL; empty where an address or nothing stands in it. */
function hostnameOf(url: string): string {
  const hostname = URL.canParse(url) ? new URL(url).hostname : "";
  return isHostname(hostname) && hostname.includes(".") ? hostname : "";
}

function whyNotChecked({ state, settings, runningOperationId }: ProjectDetail, { host, port }: { host: string; port: number }): string | null {
  if (settings.publicUrl === `http://${host}:${port}`) return "The public URL is the project's own address. Attach a domain, or set it under Settings to the one that your proxy serves, then check it here.";
  // Degraded and unknown are what was seen of a project that is ready.
  if (!["ready", "degraded", "unknown"].includes(state)) return `The public URL can be checked while the project is ready; it is ${state}.`;
  return runningOperationId === null ? null : "An operation is running on this project. The public URL can be checked when it has ended.";
}
