import { describeError, listenUntilSignal, logLine, Router, serveRouter, type Reply } from "../serving/http";
import { renderPage, type TableRow } from "./page";

const metaUrl = process.env.STUDIO_PG_META_URL ?? "";
const port = Number(process.env.PORT ?? "3000");
const projectName = process.env.DEFAULT_PROJECT_NAME ?? "Default Project";
const organizationName = process.env.DEFAULT_ORGANIZATION_NAME ?? "Default Organization";

async function listTables(): Promise<{ tables: TableRow[] } | { problem: string }> {
  try {
    const response = await fetch(`${metaUrl}/tables?include_columns=false`, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) return { problem: `postgres-meta answered ${String(response.status)}` };
    return { tables: (await response.json()) as TableRow[] };
  } catch (error) {
    return { problem: `postgres-meta does not answer: ${describeError(error)}` };
  }
}

async function projectPage(): Promise<Reply> {
  const html = renderPage({ projectName, organizationName, result: await listTables() });
  return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, text: html };
}

const profile = {
  id: 1,
  primary_email: "johndoe@supabase.io",
  username: "johndoe",
  first_name: "John",
  last_name: "Doe",
  organizations: [{ id: 1, name: organizationName, slug: "default-org-slug", billing_email: "billing@supabase.co", projects: [{ id: 1, ref: "default", name: projectName, organization_id: 1, cloud_provider: "localhost", status: "ACTIVE_HEALTHY", region: "local" }] }],
};

const router = new Router()
  .on("GET", "/", () => ({ status: 307, headers: { location: "/project/default" } }))
  .on("GET", "/project/default", projectPage)
  .on("GET", "/api/platform/profile", () => ({ status: 200, json: profile }));

const server = serveRouter(router, {
  onError: (error) => {
    logLine("error", describeError(error));
    return { status: 500, json: { message: "Internal error" } };
  },
  onUnknown: (_call, methodRefused) => ({ status: methodRefused ? 405 : 404, text: "The lab stand-in of Studio has one page: /project/default" }),
});
listenUntilSignal(server, port, process.env.HOSTNAME ?? "0.0.0.0", () => Promise.resolve());
