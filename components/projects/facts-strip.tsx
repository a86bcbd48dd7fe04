import { CircleCheck, CircleX } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { GatewayFact } from "@/components/routes/gateway-fact";
import { formatBytes, formatCores } from "@/components/ui/format-units";
import { TimeAgo } from "@/components/ui/time-ago";
import type { ProjectDetail } from "@/lib/projects/views";
import { gatewayNames } from "@/lib/stack/gateways";

/** Is it well, in one line: contract, services, gateway, memory, CPU, release. */
export function FactsStrip({ project }: { project: ProjectDetail }) {
  const isSeen = project.observedAt !== null && project.state !== "paused" && project.state !== "deleted";
  const cores = project.services.map((service) => service.cpuCores).filter((value) => value !== null);
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded border border-line bg-line sm:grid-cols-3 xl:grid-cols-6">
      <Fact name={<>Contract{project.contract && <>, <TimeAgo at={project.contract.at} isInline /></>}</>}>
        {project.contract === null ? "Not run yet" : <ContractMark contract={project.contract} />}
      </Fact>
      <Fact name="Services healthy">{isSeen ? `${project.servicesHealthy} of ${project.servicesTotal}` : `– of ${project.servicesTotal}`}</Fact>
      <Fact name="Gateway">
        {isSeen ? <GatewayFact projectRef={project.ref} name={gatewayNames[project.gateway]} /> : gatewayNames[project.gateway]}
        {project.gatewayBeside !== null && <Beside projectRef={project.ref} beside={project.gatewayBeside} />}
      </Fact>
      <Fact name="Memory">{isSeen && project.memoryBytes !== null ? formatBytes(project.memoryBytes) : "–"}</Fact>
      <Fact name="CPU">{isSeen && cores.length > 0 ? formatCores(cores.reduce((sum, value) => sum + value, 0)) : "–"}</Fact>
      <Fact name="Release">
        <span className="font-mono text-sm">{project.release}</span>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 bg-surface px-4 py-2.5">
      <dt className="text-sm text-ink-3">{name}</dt>
      <dd className="min-h-5 font-medium">{children}</dd>
    </div>
  );
}

/** The other gateway after a switch: until when there is a way back. */
function Beside({ projectRef, beside: { kind, state, until } }: { projectRef: string; beside: NonNullable<ProjectDetail["gatewayBeside"]> }) {
  return (
    <Link href={`/projects/${projectRef}/routes/gateway`} className="mt-0.5 block rounded-sm text-sm font-normal text-ink-2 underline">
      {gatewayNames[kind]} {state === "kept" && until !== null ? <>kept, ends <TimeAgo at={until} isInline /></> : "beside it, while the switch goes on"}
    </Link>
  );
}

function ContractMark({ contract }: { contract: NonNullable<ProjectDetail["contract"]> }) {
  const passed = contract.results.filter((result) => result.isPassed).length;
  const Icon = contract.isPassed ? CircleCheck : CircleX;
  return (
    <span className={`inline-flex items-center gap-1.5 ${contract.isPassed ? "text-good" : "text-bad"}`}>
      <Icon aria-hidden className="size-4" />
      {passed} of {contract.results.length} passed
    </span>
  );
}
