"use client";
import { CircleAlert, CircleCheck, CircleHelp, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import type { Act } from "@/components/act/act-result";
import { cn } from "@/components/ui/class-names";
import { CodeBlock } from "@/components/ui/code-block";
import { formatBytes } from "@/components/ui/format-units";
import { MarkedText } from "@/components/ui/marked-text";
import { KeyValue } from "@/components/ui/key-value";
import type { PreflightItem, ProjectPreview } from "@/lib/projects/views";
import type { NewProjectInput } from "./new-project-draft";
import { memoryOf, type ServiceChoice } from "./service-choice";

type SummaryProps = { input: NewProjectInput; catalogue: readonly ServiceChoice[]; services: readonly string[]; preview: Act<NewProjectInput, ProjectPreview> };

const debounceMs = 500;

/** Beside the form: what it will be, what stands in the way, and what will happen, kept true as one types. */
export function NewProjectSummary({ input, catalogue, services, preview }: SummaryProps) {
  const { plan, isStale, failure, invalid } = usePreview(input, preview);
  return (
    <aside aria-label="Summary" className="flex min-w-0 flex-col gap-5 rounded border border-line bg-surface p-4 lg:sticky lg:top-18">
      <div className="flex flex-col gap-3">
        <h2 className="font-semibold">What it will be</h2>
        <KeyValue
          pairs={[
            { key: "Reference", value: <span className="font-mono text-sm">{plan?.ref ?? "–"}</span> },
            { key: "Services", value: `${services.length} of ${catalogue.length}` },
            { key: "Memory", value: `about ${formatBytes(memoryOf(catalogue, services))}` },
            { key: "Disk", value: plan ? `about ${formatBytes(plan.diskBytes)}` : "–" },
            { key: "Gateway port", value: plan?.ports.gateway ?? "–" },
            { key: "Pooler ports", value: plan && services.includes("supavisor") ? `${plan.ports.poolerSession}, ${plan.ports.poolerTransaction}` : "–" },
          ]}
        />
      </div>
      <div className="flex flex-col gap-2">
        <h2 className="flex items-baseline gap-2 font-semibold">
          Before it starts
          <span aria-live="polite" className="text-xs font-normal text-ink-3">
            {isStale ? "Checking" : ""}
          </span>
        </h2>
        {invalid && <p className="text-sm text-ink-2">Checked again once the form is right: {invalid}</p>}
        {failure && <p className="text-sm text-ink-2"><MarkedText text={failure} /> You can still create the project: the worker checks again before it does anything.</p>}
        {!plan && !failure && !invalid && <p className="min-h-40 text-sm text-ink-3">Checked as soon as the project has a name.</p>}
        <ul className="flex flex-col gap-2">
          {plan?.preflight.map((item) => (
            <PreflightLine key={item.id} item={item} />
          ))}
        </ul>
      </div>
      {plan && plan.planText !== "" && (
        <details className="group">
          <summary className="flex h-8 items-center text-sm font-medium text-accent-ink max-sm:h-11">
            <span className="group-open:hidden">What will happen</span>
            <span className="hidden group-open:inline">Hide the plan</span>
          </summary>
          <CodeBlock text={plan.planText} label="plan" isWrapped className="mt-2" />
        </details>
      )}
    </aside>
  );
}

const marks = {
  ok: { Icon: CircleCheck, ink: "text-good", word: "Fine" },
  warn: { Icon: TriangleAlert, ink: "text-warn", word: "Mind" },
  stop: { Icon: CircleAlert, ink: "text-bad", word: "Stops it" },
  unknown: { Icon: CircleHelp, ink: "text-ink-3", word: "Unknown" },
} as const;

/** One finding of the preflight. */
export function PreflightLine({ item }: { item: PreflightItem }) {
  const { Icon, ink, word } = marks[item.state];
  return (
    <li className="flex items-start gap-2 text-sm">
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", ink)} />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="sr-only">{word}: </span>
        <span className="font-medium">{item.title}.</span> <span className="text-ink-2">{item.sentence}</span>
      </span>
    </li>
  );
}

function usePreview(input: NewProjectInput, preview: SummaryProps["preview"]) {
  const { postgresPassword: _password, ...visible } = input;
  const wish = JSON.stringify(visible);
  const [answer, setAnswer] = useState<{ wish: string; plan: ProjectPreview | null; failure: string | null; invalid: string | null }>({ wish: "", plan: null, failure: null, invalid: null });

  useEffect(() => {
    const asked = JSON.parse(wish) as NewProjectInput;
    if (asked.displayName.trim() === "") return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      preview(asked).then(
        (result) => {
          if (!isCurrent) return;
          if (result.ok) setAnswer({ wish, plan: result.data, failure: null, invalid: null });
          else setAnswer((before) => ({ wish, plan: before.plan, failure: result.error.fields ? null : result.error.message, invalid: Object.values(result.error.fields ?? {})[0] ?? null }));
        },
        () => {
          if (isCurrent) setAnswer((before) => ({ wish, plan: before.plan, failure: "The check did not answer.", invalid: null }));
        },
      );
    }, debounceMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [wish, preview]);

  return { plan: answer.plan, failure: answer.failure, invalid: answer.invalid, isStale: answer.wish !== wish && input.displayName.trim() !== "" };
}
