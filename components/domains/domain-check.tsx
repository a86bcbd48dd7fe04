"use client";
import { CircleAlert, CircleCheck, CircleHelp, CircleX, type LucideIcon } from "lucide-react";
import { cn } from "@/components/ui/class-names";
import { CopyButton } from "@/components/ui/copy-button";
import { Cell, HeadCell, Row, Table, TableHead } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time-ago";
import type { DnsRecordView, DomainCheckItem, DomainCheckView } from "@/lib/projects/views";

const looks: Record<DomainCheckItem["state"], { Icon: LucideIcon; ink: string; word: string }> = {
  ok: { Icon: CircleCheck, ink: "text-good", word: "Good" },
  warn: { Icon: CircleAlert, ink: "text-warn", word: "Worth a look" },
  stop: { Icon: CircleX, ink: "text-bad", word: "Stops it" },
  unknown: { Icon: CircleHelp, ink: "text-ink-3", word: "Not known" },
};

/** What was found when the name was last looked at, and the record to create. */
export function DomainCheck({ hostname, check, isFromBefore }: { hostname: string; check: DomainCheckView; /** It was made before the name was attached. */ isFromBefore: boolean }) {
  const { wanted, alternative, found, nameServers, items, at } = check;
  const isPointed = items.some(({ id, state }) => id === "dns" && state === "ok");
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {!isPointed && wanted.length > 0 && <Records label={`Records to create for ${hostname}`} title={wanted.length === 1 ? "The record to create" : "The records to create, all of them"} records={wanted} />}
      {!isPointed && alternative !== null && <Records label={`Record that does as well for ${hostname}`} title={wanted.length === 0 ? "The record to create" : wanted.length === 1 ? "Or this one in its place" : "Or this one in their place"} records={[alternative]} />}
      <ul aria-label={`Findings for ${hostname}`} className="flex flex-col gap-2">
        {items.map((item) => (
          <Finding key={item.id} item={item} />
        ))}
      </ul>
      <p className="text-sm text-ink-3">
        Checked <TimeAgo at={at} isInline />{isFromBefore && ", before the domain was attached"}
        {nameServers.length > 0 ? `, asked of ${nameServers.join(", ")}` : ", asked of this machine's resolver"}
        {found.length > 0 && <>; found: <span className="font-mono text-xs [overflow-wrap:anywhere]">{found.map(({ type, value }) => `${type} ${value}`).join(", ")}</span></>}.
      </p>
    </div>
  );
}

function Finding({ item: { title, state, sentence } }: { item: DomainCheckItem }) {
  const { Icon, ink, word } = looks[state];
  return (
    <li className="flex min-w-0 items-start gap-2">
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", ink)} />
      <p className="min-w-0 [overflow-wrap:anywhere]">
        <span className="font-medium">{title}</span> <span className={cn("text-sm", ink)}>{word}</span>
        <span className="block text-ink-2">{sentence}</span>
      </p>
    </li>
  );
}

function Records({ label, title, records }: { label: string; title: string; records: readonly DnsRecordView[] }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <p className="text-sm font-medium">{title}</p>
      <Table label={label}>
        <TableHead>
          <HeadCell>Type</HeadCell>
          <HeadCell>Name</HeadCell>
          <HeadCell>Value</HeadCell>
        </TableHead>
        <tbody>
          {records.map(({ type, name, value }) => (
            <Row key={`${type} ${value}`}>
              <Cell className="font-mono text-sm">{type}</Cell>
              <Cell>
                <Copied text={name} label="Copy name" />
              </Cell>
              <Cell>
                <Copied text={value} label="Copy value" />
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function Copied({ text, label }: { text: string; label: string }) {
  return (
    <span className="flex items-center gap-1 whitespace-nowrap font-mono text-sm">
      {text}
      <CopyButton text={text} label={label} />
    </span>
  );
}
