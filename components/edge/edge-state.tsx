"use client";
import { Download } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Mono } from "@/components/ui/code-block";
import { formatBytes } from "@/components/ui/format-units";
import { KeyValue } from "@/components/ui/key-value";
import { FailureNote, Notice } from "@/components/ui/notice";
import { downloadText } from "@/components/ui/save-file";
import { StateBadge } from "@/components/ui/state-badge";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import type { EdgeStateResponse } from "@/lib/access/edge-protocol";
import { CertificateEnd } from "./certificate-end";

/** What the edge is at: whether it runs, what it serves against what is wanted, and the certificate of each name. */
export function EdgeState({ state }: { state: EdgeStateResponse }) {
  const { version, refusal, leftOut, problem } = state;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {state.state !== "running" && <FailureNote what={`The edge does not run. What it serves cannot be reached${state.state === "failing" ? "; it starts again and again" : ""}.`} stillWorks="Projects and their data are not touched. The worker starts it again within a minute." technical={problem} isOpen />}
      {refusal !== null && <FailureNote what={refusal.sentence} stillWorks="What was served before is served on." todo="It is tried again within a minute." technical={refusal.detail === "" ? null : refusal.detail} />}
      {leftOut.length > 0 && <Notice tone="warn">Another program holds {leftOut.join(", ")}. All the rest is served. End that program, or give its place another port; the edge takes it within a minute.</Notice>}
      <div className="min-w-0 rounded border border-line bg-surface px-4 py-3">
        <KeyValue
          pairs={[
            { key: "State", value: <StateBadge kind="edge" state={state.state} /> },
            { key: "Memory", value: state.memoryBytes === null ? "Not known" : formatBytes(state.memoryBytes) },
            { key: "In force", value: <InForce version={version} /> },
            { key: "Own authority", value: <OwnRoot pem={state.internalRootPem} /> },
          ]}
        />
      </div>
      {state.names.length > 0 && <Names names={state.names} />}
    </div>
  );
}

function InForce({ version: { inForce, wanted, isWanted } }: Pick<EdgeStateResponse, "version">) {
  if (inForce === null) return "Nothing yet";
  return isWanted ? <>Version <Mono>{inForce}</Mono>, as wanted</> : <>Version <Mono>{inForce}</Mono>; wanted is <Mono>{wanted ?? "none"}</Mono></>;
}

/** Devices of a LAN trust every certificate of the internal authority once they have this one. */
function OwnRoot({ pem }: { pem: string | null }) {
  if (pem === null) return "Makes its root with the first certificate that is asked of it";
  return (
    <Button size="sm" icon={<Download aria-hidden className="size-4" />} onClick={() => downloadText("basehold-edge-root.pem", pem)}>
      Download root
    </Button>
  );
}

const kindWords: Record<EdgeStateResponse["names"][number]["tls"], string> = { acme: "Got by itself", uploaded: "Uploaded", internal: "Own authority", none: "No TLS here" };

function Names({ names }: Pick<EdgeStateResponse, "names">) {
  return (
    <Table label="Names that the edge serves">
      <TableHead>
        <HeadCell>Name</HeadCell>
        <HeadCell>Of</HeadCell>
        <HeadCell>Certificate</HeadCell>
        <HeadCell>Issuer</HeadCell>
        <HeadCell>Ends</HeadCell>
      </TableHead>
      <tbody>
        {names.map(({ hostname, project, tls, certificate }) => (
          <Row key={hostname}>
            <Cell className="whitespace-nowrap font-mono text-sm">{hostname}</Cell>
            <Cell className="whitespace-nowrap">
              {project === null ? "The panel" : <Link href={`/projects/${project.ref}/domains`} className="underline"><bdi>{project.displayName}</bdi></Link>}
            </Cell>
            <Cell className="whitespace-nowrap">{kindWords[tls]}</Cell>
            <Cell>{certificate?.issuer ?? (tls === "none" ? "" : "None yet")}</Cell>
            <Cell className="whitespace-nowrap">{certificate !== null && <CertificateEnd certificate={certificate} />}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}
