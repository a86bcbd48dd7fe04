"use client";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import type { DomainPreview } from "@/lib/projects/views";
import { sayRestarts } from "./domain-words";

/** What attaching or removing a domain changes, before it is done. */
export function PreviewList({ preview: { settings, variables, restarts, notes, irreversible } }: { preview: DomainPreview }) {
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {settings.length > 0 && <Changes label="Settings that change" head="Setting" changes={settings} />}
      {variables.length > 0 && (
        <details className="group">
          <summary className="inline-flex h-7 items-center rounded px-1.5 text-sm text-ink-2 hover:text-ink max-sm:h-11">
            <span className="group-open:hidden">Show what the services are given</span>
            <span className="hidden group-open:inline">Hide what the services are given</span>
          </summary>
          <Changes label="Variables that change" head="Variable" changes={variables} />
        </details>
      )}
      <p className="text-ink-2">{settings.length === 0 ? "No setting of the project changes. " : ""}{sayRestarts(restarts)}</p>
      <Lines label="Notes" lines={notes} />
      <Lines label="What stays" lines={irreversible} />
    </div>
  );
}

function Lines({ label, lines }: { label: string; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul aria-label={label} className="flex list-disc flex-col gap-1 pl-5 text-ink-2">
      {lines.map((line) => (
        <li key={line} className="[overflow-wrap:anywhere]">
          {line}
        </li>
      ))}
    </ul>
  );
}

function Changes({ label, head, changes }: { label: string; head: string; changes: DomainPreview["settings"] }) {
  return (
    <Table label={label}>
      <TableHead>
        <HeadCell>{head}</HeadCell>
        <HeadCell>Before</HeadCell>
        <HeadCell>After</HeadCell>
      </TableHead>
      <tbody>
        {changes.map(({ name, before, after }) => (
          <Row key={name}>
            <Cell className="whitespace-nowrap align-top text-sm">{name}</Cell>
            <Cell className="min-w-36 align-top font-mono text-xs text-ink-2 [overflow-wrap:anywhere]">{before}</Cell>
            <Cell className="min-w-36 align-top font-mono text-xs [overflow-wrap:anywhere]">{after}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}
