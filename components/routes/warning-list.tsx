"use client";
import { TriangleAlert } from "lucide-react";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { GatewayWarning } from "@/lib/gateway/diff";

/** By a warning's id: `yes`, or what was typed where a phrase is asked for. */
export type Confirmations = Readonly<Record<string, string>>;

export function isConfirmed({ id, phrase }: GatewayWarning, confirmed: Confirmations): boolean {
  return confirmed[id]?.trim() === (phrase ?? "yes");
}

type ListProps = { warnings: readonly GatewayWarning[]; confirmed: Confirmations; isReadOnly: boolean; onChange(confirmed: Confirmations): void };

/** What a person is stopped for once before the draft is applied, each to be confirmed by itself. */
export function WarningList({ warnings, confirmed, isReadOnly, onChange }: ListProps) {
  const set = (id: string, text: string) => onChange({ ...confirmed, [id]: text });
  return (
    <ul aria-label="To confirm" className="flex flex-col gap-2">
      {warnings.map((warning) => (
        <li key={warning.id} className="flex flex-col gap-2 rounded bg-warn-soft px-3 py-2">
          <span className="flex items-start gap-2">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
            <span className="min-w-0 [overflow-wrap:anywhere]">{warning.sentence}</span>
          </span>
          {!isReadOnly && <div className="pl-6">{warning.phrase === undefined ? <Tick warning={warning} confirmed={confirmed} set={set} /> : <Phrase warning={warning} phrase={warning.phrase} confirmed={confirmed} set={set} />}</div>}
        </li>
      ))}
    </ul>
  );
}

type OneProps = { warning: GatewayWarning; confirmed: Confirmations; set(id: string, text: string): void };

function Tick({ warning, confirmed, set }: OneProps) {
  return (
    <Checkbox
      label={
        <>
          It is meant so<span className="sr-only">: {warning.sentence}</span>
        </>
      }
      checked={isConfirmed(warning, confirmed)}
      onChange={(event) => set(warning.id, event.target.checked ? "yes" : "")}
    />
  );
}

function Phrase({ warning, phrase, confirmed, set }: OneProps & { phrase: string }) {
  return (
    <Field
      label={
        <span className="font-normal">
          Type <bdi className="select-all font-mono text-sm font-semibold [overflow-wrap:anywhere]">{phrase}</bdi> to confirm
        </span>
      }
      className="max-w-96"
    >
      <Input isMono autoComplete="off" autoCapitalize="off" spellCheck={false} value={confirmed[warning.id] ?? ""} onChange={(event) => set(warning.id, event.target.value)} />
    </Field>
  );
}
