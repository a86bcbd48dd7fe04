import type { Metadata } from "next";
import { checkPublic } from "@/app/actions/project-actions";
import { CheckPublicButton, ExternalProxy } from "@/components/domains/external-proxy";
import { Mono } from "@/components/ui/code-block";
import { KeyValue } from "@/components/ui/key-value";
import { Section } from "@/components/ui/page-header";
import { isHostname } from "@/lib/gateway/edge-input";
import type { ProjectDetail } from "@/lib/projects/views";
import { openPage } from "@/lib/server/current-actor";
import { loadProject } from "../load-project";

export const metadata: Metadata = { title: "Domains" };

export default async function Page({ params }: { params: Promise<{ ref: string }> }) {
  const { ref } = await params;
  await openPage("/projects/[ref]/domains", { ref });
  const project = await loadProject(ref);
  const { bindAddress, publicUrl } = project.settings;
  const upstream = { host: bindAddress === "0.0.0.0" ? "127.0.0.1" : bindAddress, port: project.ports.gateway };
  const whyNot = whyNotChecked(project, upstream);
  return (
    <>
      <Section title="Public URL" hint="What browsers and the project's services are told." acts={project.may.includes("project.prove") && <CheckPublicButton projectRef={ref} act={checkPublic} whyNot={whyNot} />}>
        <div className="min-w-0 rounded border border-line bg-surface px-4 py-3">
          <KeyValue pairs={[{ key: "Public URL", value: <Mono>{publicUrl}</Mono> }, { key: "The project listens on", value: <Mono>{`${bindAddress}:${upstream.port}`}</Mono> }]} />
        </div>
        <p className="text-sm text-ink-3">{whyNot ?? "Check sends the contract through the public URL and says which request was not answered as it must be. It changes nothing."}</p>
      </Section>
      <Section title="A proxy of your own" hint="Ready configurations for a proxy that serves a domain in front of this project: sockets, long reads, unbuffered uploads, forwarded headers.">
        <ExternalProxy project={{ ref, upstream, hostname: hostnameOf(publicUrl) }} />
      </Section>
    </>
  );
}

/** The host name of a URL; empty where an address or nothing stands in it. */
function hostnameOf(url: string): string {
  const hostname = URL.canParse(url) ? new URL(url).hostname : "";
  return isHostname(hostname) && hostname.includes(".") ? hostname : "";
}

function whyNotChecked({ state, settings, runningOperationId }: ProjectDetail, { host, port }: { host: string; port: number }): string | null {
  if (settings.publicUrl === `http://${host}:${port}`) return "The public URL is the project's own address. Set it under Settings to the one that your proxy serves, then check it here.";
  // Degraded and unknown are what was seen of a project that is ready.
  if (!["ready", "degraded", "unknown"].includes(state)) return `The public URL can be checked while the project is ready; it is ${state}.`;
  return runningOperationId === null ? null : "An operation is running on this project. The public URL can be checked when it has ended.";
}
