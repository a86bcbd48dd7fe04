import { CircleCheck, CircleX } from "lucide-react";
import { formatDuration } from "@/components/ui/format-units";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import type { ContractResultView } from "@/lib/projects/views";

/** The contract as it last ran: each request, what it must answer and what it answered. Failed ones first. */
export function ContractTable({ results }: { results: readonly ContractResultView[] }) {
  const ordered = [...results].sort((a, b) => Number(a.isPassed) - Number(b.isPassed));
  return (
    <Table label="Gateway contract">
      <TableHead>
        <HeadCell>Result</HeadCell>
        <HeadCell>Check</HeadCell>
        <HeadCell>Request</HeadCell>
        <HeadCell>Key</HeadCell>
        <HeadCell>Expected</HeadCell>
        <HeadCell>Received</HeadCell>
        <HeadCell isNumber>Took</HeadCell>
      </TableHead>
      <tbody>
        {ordered.map((result) => (
          <Row key={result.id}>
            <Cell className="whitespace-nowrap">
              {result.isPassed ? (
                <span className="inline-flex items-center gap-1.5 text-good">
                  <CircleCheck aria-hidden className="size-4" />
                  Passed
                </span>
              ) : (
                <span className="inline-flex items-center gap-1.5 text-bad">
                  <CircleX aria-hidden className="size-4" />
                  Failed
                </span>
              )}
            </Cell>
            <Cell className="min-w-56">{result.title}</Cell>
            <Cell className="font-mono text-sm">
              <span className="text-ink-3">{result.method}</span> {result.path}
            </Cell>
            <Cell className="whitespace-nowrap text-sm">{result.credential}</Cell>
            <Cell className="whitespace-nowrap font-mono text-sm">{result.expected}</Cell>
            <Cell className="font-mono text-sm">{result.received}</Cell>
            <Cell isNumber>{formatDuration(result.durationMs)}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}
