import { FlaskConical } from "lucide-react";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { revokeToken } from "@/app/actions/account-actions";
import { markRecoveryKitSaved, showRecoveryKit } from "@/app/actions/installation-actions";
import { TokensTable } from "@/components/account/tokens-section";
import { RecoveryKitButton } from "@/components/installation/recovery-kit";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { CodeBlock, Mono } from "@/components/ui/code-block";
import { KeyValue } from "@/components/ui/key-value";
import { Notice } from "@/components/ui/notice";
import { PageHeader, Section } from "@/components/ui/page-header";
import { TimeAgo } from "@/components/ui/time-ago";
import { listAllTokens } from "@/lib/access/tokens";
import { getEdge, type EdgeView } from "@/lib/projects/edge/get-edge";
import { getInstallation, heartbeatLateMs, type InstallationView } from "@/lib/projects/get-installation";
import { openPage } from "@/lib/server/current-actor";
import { webConfig } from "@/lib/server/web-config";
import manifest from "@/package.json" with { type: "json" };

export const metadata: Metadata = { title: "Settings" };

export default async function Page() {
  const ctx = await openPage("/settings");
  const [installation, tokens, edge] = await Promise.all([getInstallation(ctx), listAllTokens(ctx), getEdge(ctx)]);
  return (
    <>
      <PageHeader title="Settings" />
      <Worker installation={installation} panelUrl={edge.panelUrl} />
      <Section title="Images" hint={<>Set with <Mono>npx basehold image-source set</Mono> on the machine.</>}>
        <Card>
          <KeyValue pairs={[{ key: "Source", value: <ImageSource source={installation.imageSource} /> }, { key: "Releases", value: <Mono>{installation.releases.toReversed().join(", ")}</Mono> }]} />
        </Card>
      </Section>
      <Section title="Edge" id="edge" hint="One proxy in front of all projects, with domains and certificates.">
        <Card>
          <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
            <p className="min-w-0 flex-1 basis-72 text-ink-2">{sayEdge(edge)}</p>
            <ButtonLink href="/settings/edge">Edge settings</ButtonLink>
          </div>
        </Card>
      </Section>
      <Section title="Recovery kit" id="recovery-kit">
        <Card>
          <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
            <p className="min-w-0 flex-1 basis-72 text-ink-2">
              The key file of this installation. With it and a backup of the store, another machine can open the secrets of every project; without it, nobody can.{" "}
              {installation.recoveryKitSavedAt === null ? <span className="font-medium text-warn">Not saved yet.</span> : <>Saved <TimeAgo at={installation.recoveryKitSavedAt} isInline />.</>}
            </p>
            <RecoveryKitButton show={showRecoveryKit} saved={markRecoveryKitSaved} label={installation.recoveryKitSavedAt === null ? "Show recovery kit" : "Show it again"} />
          </div>
        </Card>
      </Section>
      <Section title="Backup of the panel" hint="People, settings, sealed secrets and history; not the data of projects.">
        <CodeBlock text="npx basehold backup /path/to/panel.backup" label="backup command" />
        <p className="text-sm text-ink-3">Run it on the machine. The copy is consistent while the panel runs; <Mono>npx basehold restore</Mono> brings it back. Keep the recovery kit elsewhere.</p>
      </Section>
      {tokens.length > 0 && (
        <Section title="API tokens" hint="Of everybody.">
          <TokensTable tokens={tokens} revoke={revokeToken} isOwnerShown />
        </Section>
      )}
    </>
  );
}

function sayEdge({ isOn, projectsBehind, domains, panelUrl, openOperationId }: EdgeView): string {
  if (openOperationId !== null) return "It is being changed.";
  if (!isOn) return "Off. Each project's gateway holds its address itself, and a proxy of your own can serve names.";
  const count = (number: number, word: string) => (number === 1 ? `1 ${word}` : `${number} ${word}s`);
  return `On, in front of ${count(projectsBehind, "project")} with ${count(domains, "domain")}${panelUrl === null ? "" : `, and of the panel at ${panelUrl}`}.`;
}

function Card({ children }: { children: ReactNode }) {
  return <div className="min-w-0 rounded border border-line bg-surface px-4 py-3">{children}</div>;
}

function ImageSource({ source }: { source: InstallationView["imageSource"] }) {
  if (source.kind === "official") return "Official registries";
  if (source.kind === "mirror") return <>Mirror <Mono>{source.prefix}</Mono></>;
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Badge tone="accent" icon={<FlaskConical aria-hidden className="size-3.5" />}>
        Lab
      </Badge>
      <Mono>{source.prefix}</Mono>
      <span className="text-ink-2">Images built on this machine; some services are stand-ins and say so.</span>
    </span>
  );
}

function Worker({ installation: { worker, dialect, instanceId, counts }, panelUrl }: { installation: InstallationView; panelUrl: string | null }) {
  const { status } = worker;
  const lateAfterSeconds = heartbeatLateMs / 1000;
  return (
    <Section title="Installation">
      {worker.isLate && (
        <Notice tone="warn">
          {worker.heartbeatAt === null ? "No worker is running." : <>The worker was last seen <TimeAgo at={worker.heartbeatAt} isInline />; it reports every few seconds and is late after {lateAfterSeconds} s.</>} Projects keep running; acts wait until it is back. Start it with <Mono>npm run up</Mono>.
        </Notice>
      )}
      {status.separation === "process" && (
        <Notice tone="warn">The panel was started by a plain user: web and worker are separate processes of one user. Started as root, web gets a user of its own that can open neither the Docker socket nor the key file.</Notice>
      )}
      {status.engine?.problem && <Notice tone="bad">{status.engine.problem}</Notice>}
      <Card>
        <KeyValue
          pairs={[
            { key: "Address", value: <Mono>{webConfig().url.origin}</Mono> },
            ...(panelUrl === null ? [] : [{ key: "At the edge", value: <Mono>{panelUrl}</Mono> }]),
            { key: "Basehold", value: <Mono>{manifest.version}</Mono> },
            { key: "Worker", value: worker.heartbeatAt === null ? "Not running" : <>Version <Mono>{worker.version}</Mono> on <Mono>{worker.hostname}</Mono>, last seen <TimeAgo at={worker.heartbeatAt} isInline /></> },
            { key: "Docker engine", value: <Engine status={status} /> },
            { key: "Separation", value: status.separation === "user" ? "Web runs under a user of its own, without the Docker socket and the key file." : status.separation === "process" ? "By process only" : "Unknown until the worker reports" },
            { key: "Store", value: dialect === "sqlite" ? "SQLite" : "PostgreSQL" },
            { key: "Projects, people", value: `${counts.projects}, ${counts.people}` },
            { key: "Installation id", value: instanceId === null ? "Written when the worker first starts" : <Mono>{instanceId}</Mono> },
          ]}
        />
      </Card>
    </Section>
  );
}

function Engine({ status: { engine } }: { status: InstallationView["worker"]["status"] }) {
  if (!engine) return "Unknown until the worker reports";
  if (!engine.isReachable) return <span className="text-bad">Does not answer</span>;
  return <>Docker <Mono>{engine.version ?? "?"}</Mono>, API <Mono>{engine.apiVersion ?? "?"}</Mono></>;
}
