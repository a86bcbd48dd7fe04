import { tags } from "./api/endpoint";
import type { OpenApiDocument } from "./openapi";
import { commonProblems } from "./problem";

type Schema = { type?: string | string[]; $ref?: string; description?: string; enum?: unknown[]; items?: Schema; properties?: Record<string, Schema>; required?: string[]; anyOf?: Schema[]; oneOf?: Schema[]; allOf?: Schema[] };
type Content = Record<string, { schema?: Schema }>;
type Operation = {
  operationId?: string; summary?: string; description?: string; tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { content: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
};

/** The OpenAPI text as one page for people: no script, nothing from elsewhere. */
export function renderApiDocs(document: OpenApiDocument): string {
  const operations = listOperations(document);
  const sections = tags.map((tag) => ({ tag, own: operations.filter(({ operation }) => operation.tags?.includes(tag) === true) })).filter(({ own }) => own.length > 0);
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>REST API · Basehold</title><link rel="icon" href="/icon.svg"><style>${style}</style></head><body>
<main><h1>${escapeHtml(document.info.title)}</h1><p>${toText(document.info.description ?? "")}</p>
<p>For programs: <a href="/api/v1/openapi.json">openapi.json</a>. A first request:</p>
<pre tabindex="0"><code>curl -H "Authorization: Bearer $BASEHOLD_TOKEN" ${escapeHtml(document.servers?.[0]?.url ?? "")}/api/v1/projects</code></pre>
<nav aria-label="Contents"><ul>${sections.map(({ tag }) => `<li><a href="#${toId(tag)}">${escapeHtml(tag)}</a></li>`).join("")}<li><a href="#schemas">Schemas</a></li><li><a href="#errors">Errors</a></li></ul></nav>
${sections.map(({ tag, own }) => `<section><h2 id="${toId(tag)}">${escapeHtml(tag)}</h2>${own.map(renderOperation).join("")}</section>`).join("")}
<section><h2 id="schemas">Schemas</h2>${Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => renderSchema(name, schema as Schema)).join("")}</section>
<section><h2 id="errors">Errors</h2><p>An error is <a href="#schema-Problem">Problem</a> with one of these codes, or, with status 409, the code of what stands in the way.</p><dl>${Object.entries(commonProblems).map(([code, text]) => `<dt id="error-${code}"><code>${code}</code></dt><dd>${toText(text)}</dd>`).join("")}</dl></section>
</main></body></html>`;
}

type Listed = { method: string; path: string; operation: Operation };

function listOperations(document: OpenApiDocument): Listed[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    // The generator's own types know more fields than this page shows.
    (["get", "post", "put", "patch", "delete"] as const).flatMap((method) => (item[method] === undefined ? [] : [{ method, path, operation: item[method] as Operation }])),
  );
}

function renderOperation({ method, path, operation }: Listed): string {
  const body = operation.requestBody?.content["application/json"]?.schema;
  const answers = Object.entries(operation.responses ?? {}).filter(([status]) => status !== "default");
  return `<article id="${escapeHtml(operation.operationId ?? "")}"><h3><code><b>${method.toUpperCase()}</b> ${escapeHtml(path)}</code></h3><p><strong>${escapeHtml(operation.summary ?? "")}</strong></p>${toParagraphs(operation.description ?? "")}
${renderRows("Parameters", `${method} ${path}`, (operation.parameters ?? []).map((one) => ({ name: `${one.name} (${one.in})`, isRequired: one.required === true, schema: { ...one.schema, description: one.description } })))}
${body === undefined ? "" : renderRows("Body", `${method} ${path}`, rowsOf(body))}
<p>Answers ${answers.map(([status, answer]) => `<b>${status}</b>: ${escapeHtml(answer.description ?? "")} ${Object.entries(answer.content ?? {}).map(([type, { schema }]) => `(${escapeHtml(type)}: ${sayType(schema)})`).join(" ")}`).join("; ")}.</p></article>`;
}

type Row = { name: string; isRequired: boolean; schema: Schema };

function rowsOf(schema: Schema): Row[] {
  return Object.entries(schema.properties ?? {}).map(([name, part]) => ({ name, isRequired: schema.required?.includes(name) === true, schema: part }));
}

function renderRows(title: string, of: string, rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const lines = rows.map(({ name, isRequired, schema }) => `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${isRequired ? "needed" : ""}</td><td>${sayType(schema)}</td><td>${toText(schema.description ?? "")}</td></tr>`);
  return `<div class="scroll" tabindex="0" role="region" aria-label="${title} of ${escapeHtml(of)}"><table><caption>${title}</caption><tbody>${lines.join("")}</tbody></table></div>`;
}

function renderSchema(name: string, schema: Schema): string {
  return `<article id="schema-${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3>${toParagraphs(schema.description ?? "")}${renderRows("Fields", name, rowsOf(schema))}</article>`;
}

function sayType(schema: Schema | undefined): string {
  if (schema === undefined) return "";
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`;
  }
  if (schema.enum !== undefined) return schema.enum.map((value) => `<code>${escapeHtml(JSON.stringify(value))}</code>`).join(" ");
  const options = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (options !== undefined) return options.map(sayType).join(" or ");
  if (schema.items !== undefined) return `list of ${sayType(schema.items)}`;
  if (schema.properties !== undefined) return `{ ${Object.entries(schema.properties).map(([name, part]) => `<code>${escapeHtml(name)}</code>: ${sayType(part)}`).join(", ")} }`;
  return escapeHtml([schema.type ?? "any"].flat().join(" or "));
}

function toId(tag: string): string {
  return `tag-${tag.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
}

function toParagraphs(text: string): string {
  return text.split("\n\n").filter((part) => part !== "").map((part) => `<p>${toText(part)}</p>`).join("");
}

/** Text with `code` between backticks. */
function toText(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const style = `
:root { color-scheme: light dark; --ink: light-dark(#18181b, #ececf0); --quiet: light-dark(#5b5b66, #a5a5b0); --line: light-dark(#dcdce2, #33333b); --page: light-dark(#ffffff, #16161a); --raised: light-dark(#f5f5f7, #1f1f25); --link: light-dark(#0b5a9c, #7fb8ee); }
* { box-sizing: border-box; } body { margin: 0; background: var(--page); color: var(--ink); font: 14px/1.55 system-ui, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2rem 1rem 6rem; } h1 { font-size: 28px; } h2 { font-size: 20px; margin-top: 3rem; border-bottom: 1px solid var(--line); padding-bottom: .4rem; }
h3 { font-size: 14px; overflow-wrap: anywhere; margin-top: 2rem; } a { color: var(--link); } a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code { font: 12.5px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; } pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow-x: auto; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; } .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--quiet); padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; font-weight: 400; border-top: 1px solid var(--line); padding: .35rem .75rem .35rem 0; }`;
