"use client";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { toGatewayRoute } from "@/lib/gateway/precedence";
import type { GatewayRoute } from "@/lib/gateway/routes";
import type { GatewayView, KongImportView } from "@/lib/projects/views";
import { FieldGroup } from "./edit-sheet";
import { accessName, corsText, headerText, limitTexts, pathKindNames, timeoutSentence, upstreamName } from "./route-words";
import type { checkSettings } from "./use-checked-settings";

type ResultProps = {
  result: KongImportView;
  /** Ids in the import of routes that the draft has already. */
  alreadyThere: readonly string[];
  checked: ReturnType<typeof checkSettings>;
  options: GatewayView["options"];
  onShowLine(line: number): void;
};

/** What the file comes to: routes, changes of built-in ones, what stays as it is, and what could not be carried over. */
export function ImportResult({ result, alreadyThere, checked, options, onShowLine }: ResultProps) {
  const { ownRoutes, builtInOverrides, unchanged, sources, notCarried } = result;
  const overridden = Object.keys(builtInOverrides);
  const was = (id: string) => <Was source={sources[id]} onShowLine={onShowLine} />;
  const tooMany = checked.problemAt("ownRoutes");
  return (
    <div role="status" aria-label="What the file becomes" className="flex min-w-0 flex-col gap-6">
      {tooMany !== undefined && <Notice tone="bad">{tooMany}</Notice>}
      {checked.settings !== null && checked.changes.length === 0 && <Notice tone="info">Nothing to put into the draft: what could be carried over is here already.</Notice>}
      {ownRoutes.length > 0 && (
        <FieldGroup title={`Becomes ${count(ownRoutes.length, "route")} of this project`} hint="In order: the first that matches a request takes it.">
          <List>
            {ownRoutes.map((own) => (
              <RouteItem key={own.id} route={toGatewayRoute(own, options)} name={own.name} isThere={alreadyThere.includes(own.id)} was={was(own.id)} />
            ))}
          </List>
        </FieldGroup>
      )}
      {overridden.length > 0 && (
        <FieldGroup title={`Changes ${count(overridden.length, "built-in route")}`}>
          <List>
            {overridden.map((id) => (
              <li key={id} className="flex min-w-0 flex-col gap-0.5 px-3 py-2 [overflow-wrap:anywhere]">
                <span className="font-mono text-sm font-medium">{id}</span>
                {changesOf(id, checked).map((sentence) => (
                  <span key={sentence} className="text-sm text-ink-2">
                    {sentence}
                  </span>
                ))}
                {was(id)}
              </li>
            ))}
          </List>
        </FieldGroup>
      )}
      {checked.warnings.map(({ id, sentence }) => (
        <Notice key={id} tone="warn">
          {sentence}
        </Notice>
      ))}
      <NotCarried items={notCarried} onShowLine={onShowLine} />
      {unchanged.length > 0 && <Unchanged ids={unchanged} />}
    </div>
  );
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

function changesOf(id: string, { changes }: ResultProps["checked"]): string[] {
  const sentences = changes.filter(({ routeId }) => routeId === id).map(({ sentence }) => sentence);
  return sentences.length === 0 ? ["In force or in the draft already."] : sentences;
}

function List({ children }: { children: ReactNode }) {
  return <ul className="flex min-w-0 flex-col divide-y divide-line rounded border border-line">{children}</ul>;
}

function RouteItem({ route, name, isThere, was }: { route: GatewayRoute; name: string; isThere: boolean; was: ReactNode }) {
  const { match } = route;
  const words = [upstreamName(route), accessName(route), timeoutSentence(route), ...limitTexts(route, 0), ...(route.cors === undefined || route.target.kind === "answer" ? [] : [corsText(route)])];
  return (
    <li className="flex min-w-0 flex-col gap-0.5 px-3 py-2 [overflow-wrap:anywhere]">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        {match.methods && <span className="font-mono text-xs text-ink-2">{match.methods.join(" ")}</span>}
        <span className="text-xs text-ink-3">{pathKindNames[match.kind]}</span>
        <span className="min-w-0 font-mono text-sm font-medium">{match.path}</span>
        {isThere && <Badge>Already there</Badge>}
      </span>
      {match.headers && <span className="font-mono text-xs text-ink-3">{match.headers.map(headerText).join(", ")}</span>}
      <span className="text-sm text-ink-2">
        <bdi>{name}</bdi>: {words.filter((word) => word !== "–").join(" · ")}
      </span>
      {was}
    </li>
  );
}

function Was({ source, onShowLine }: { source: KongImportView["sources"][string] | undefined } & Pick<ResultProps, "onShowLine">) {
  if (source === undefined) return null;
  const { name, target, plugins, line } = source;
  return (
    <span className="text-xs text-ink-3">
      Was {name === "" ? "a route without a name" : <bdi className="font-mono">{name}</bdi>}
      {target !== "" && (
        <>
          , to <span className="font-mono">{target}</span>
        </>
      )}
      {plugins.length > 0 && <>, with {plugins.join(", ")}</>}. <LineLink line={line} onShowLine={onShowLine} />
    </span>
  );
}

function LineLink({ line, onShowLine }: { line: number } & Pick<ResultProps, "onShowLine">) {
  return (
    <button type="button" className="whitespace-nowrap rounded text-accent-ink underline underline-offset-2 max-sm:min-h-11" onClick={() => onShowLine(line)}>
      Line {line}
    </button>
  );
}

function NotCarried({ items, onShowLine }: { items: KongImportView["notCarried"] } & Pick<ResultProps, "onShowLine">) {
  if (items.length === 0) return <Notice tone="good">Nothing of the file is left out but keys and passwords.</Notice>;
  return (
    <FieldGroup title={`Could not be carried over: ${items.length}`} hint="Each with why, and what to do. Nothing here lets in more than it did.">
      <List>
        {items.map(({ where, line, column, what, why }, index) => (
          <li key={index} className="flex min-w-0 flex-col gap-0.5 px-3 py-2 [overflow-wrap:anywhere]">
            <span className="font-medium">{what}</span>
            <span className="text-sm text-ink-2">{why}</span>
            <span className="text-xs text-ink-3">
              <span className="font-mono">{where}</span>, column {column}. <LineLink line={line} onShowLine={onShowLine} />
            </span>
          </li>
        ))}
      </List>
    </FieldGroup>
  );
}

function Unchanged({ ids }: { ids: readonly string[] }) {
  return (
    <details className="group border-t border-line pt-4">
      <summary className="flex cursor-pointer items-center gap-1 font-semibold max-sm:min-h-11">
        <ChevronRight aria-hidden className="size-4 shrink-0 text-ink-3 group-open:rotate-90" />
        {count(ids.length, "built-in route")} as the release has {ids.length === 1 ? "it" : "them"}
      </summary>
      <ul className="mt-2 grid gap-x-4 gap-y-1 sm:grid-cols-2">
        {ids.map((id) => (
          <li key={id} className="font-mono text-sm text-ink-2 [overflow-wrap:anywhere]">
            {id}
          </li>
        ))}
      </ul>
    </details>
  );
}
