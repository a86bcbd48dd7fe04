export interface TableRow {
  schema: string;
  name: string;
  rls_enabled: boolean;
  live_rows_estimate: number;
  size: string;
}

export interface PageContent {
  projectName: string;
  organizationName: string;
  result: { tables: TableRow[] } | { problem: string };
}

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem; color: #1c1c1c; background: #fff }
  .note { border: 1px solid #b98900; background: #fff8e1; padding: .5rem .75rem; border-radius: .375rem }
  table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .375rem .5rem; border-bottom: 1px solid #ddd }
  @media (prefers-color-scheme: dark) { body { color: #ededed; background: #171717 } .note { background: #332800 } th, td { border-color: #333 } }
`;

/** The stand-in's one page: the tables of the project's database. */
export function renderPage({ projectName, organizationName, result }: PageContent): string {
  const title = `${projectName} | ${organizationName} | Studio (lab stand-in)`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body>
<h1>${escapeHtml(projectName)}</h1>
<p class="note">This is the lab's stand-in for Supabase Studio. It lists tables and does nothing else.</p>
<h2>Tables</h2>
${"problem" in result ? `<p role="alert">${escapeHtml(result.problem)}</p>` : renderTables(result.tables)}
</body>
</html>
`;
}

function renderTables(tables: readonly TableRow[]): string {
  if (tables.length === 0) return "<p>There are no tables.</p>";
  const sorted = [...tables].sort((a, b) => (`${a.schema}.${a.name}` < `${b.schema}.${b.name}` ? -1 : 1));
  const rows = sorted.map((table) => {
    const cells = [table.schema, table.name, table.rls_enabled ? "on" : "off", String(table.live_rows_estimate), table.size];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`;
  });
  return `<table><thead><tr><th>Schema</th><th>Table</th><th>Row level security</th><th>Rows (estimate)</th><th>Size</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
