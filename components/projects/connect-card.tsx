"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { CopyButton } from "@/components/ui/copy-button";
import { Select } from "@/components/ui/input";
import { SecretField } from "@/components/ui/secret-field";
import { Tabs } from "@/components/ui/tabs";
import type { ConnectionView } from "@/lib/projects/views";
import { endpointsOf, fillSnippet, snippetsOf, type Endpoint, type Snippet } from "./connection-snippets";
import { useSecrets } from "./secrets-context";

type ConnectCardProps = { connection: ConnectionView; mayReveal: boolean; studio: { url: string } | null };

/** How to reach the project: snippets, addresses and keys. */
export function ConnectCard({ connection, mayReveal, studio }: ConnectCardProps) {
  const endpoints = endpointsOf(connection);
  const [endpoint, setEndpoint] = useState<Endpoint | null>(endpoints[0]?.id ?? null);
  const snippets = snippetsOf(connection, endpoint);
  const choice = endpoints.length > 1 && (
    <Select aria-label="Way into the database" value={endpoint ?? ""} onChange={(event) => setEndpoint(endpoints.find((item) => item.id === event.target.value)?.id ?? null)} options={endpoints.map((item) => ({ value: item.id, label: `${item.label}, port ${item.address.port}` }))} className="max-w-full" />
  );
  return (
    <div className="min-w-0 rounded border border-line bg-surface">
      <div className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2">
        <span className="text-sm text-ink-3">API URL</span>
        <code className="min-w-0 flex-1 font-mono text-sm [overflow-wrap:anywhere]">{connection.apiUrl}</code>
        <CopyButton text={connection.apiUrl} label="Copy API URL" />
      </div>
      <Tabs
        label="Ways to connect"
        tabs={[
          { id: "supabase-js", label: "supabase-js", content: <SnippetBlock label="supabase-js snippet" snippet={snippets["supabase-js"]} mayReveal={mayReveal} /> },
          { id: "psql", label: "psql", content: <SnippetBlock label="psql command" snippet={snippets.psql} mayReveal={mayReveal} choice={choice} /> },
          { id: "uri", label: "URI", content: <SnippetBlock label="connection URI" snippet={snippets.uri} mayReveal={mayReveal} choice={choice} /> },
          { id: "env", label: "env", content: <SnippetBlock label="environment variables" snippet={snippets.env} mayReveal={mayReveal} choice={choice} /> },
          { id: "keys", label: "Keys and passwords", content: <Keys mayReveal={mayReveal} studio={studio} /> },
        ]}
      />
    </div>
  );
}

function SnippetBlock({ label, snippet, mayReveal, choice }: { label: string; snippet: Snippet; mayReveal: boolean; choice?: React.ReactNode }) {
  const { shown, reveal, hide, isBusy } = useSecrets();
  const isRevealed = snippet.secrets.length > 0 && snippet.secrets.every((name) => shown[name] !== undefined);
  const text = fillSnippet(snippet.text, shown);
  return (
    <div className="flex flex-col gap-3">
      {choice && <div className="flex">{choice}</div>}
      <CodeBlock text={text} label={label} isWrapped />
      <div className="flex min-h-7 flex-wrap items-center gap-3">
        <span className="min-w-0 flex-1 basis-48 text-sm text-ink-3">{snippet.note}</span>
        {snippet.secrets.length > 0 && mayReveal && (
          <Button size="sm" isBusy={isBusy} onClick={() => (isRevealed ? hide() : void reveal(snippet.secrets))}>
            {isRevealed ? "Hide secrets" : "Fill in secrets"}
          </Button>
        )}
      </div>
    </div>
  );
}

const keyRows = [
  { name: "publishableKey", label: "Publishable key", hint: "For browsers and apps" },
  { name: "secretKey", label: "Secret key", hint: "For servers; bypasses row level security" },
  { name: "anonKey", label: "Legacy anon key", hint: "JWT form of the publishable key" },
  { name: "serviceRoleKey", label: "Legacy service_role key", hint: "JWT form of the secret key" },
  { name: "postgresPassword", label: "Postgres password", hint: "User postgres" },
  { name: "jwtSecret", label: "JWT secret", hint: "Verifies the legacy keys" },
  { name: "s3AccessKeyId", label: "S3 access key id", hint: "Storage over the S3 protocol" },
  { name: "s3AccessKeySecret", label: "S3 access key secret", hint: "Storage over the S3 protocol" },
] as const;

const studioRows = [
  { name: "dashboardUsername", label: "Studio user name", hint: "Asked for by the gateway" },
  { name: "dashboardPassword", label: "Studio password", hint: "Asked for by the gateway" },
] as const;

function Keys({ mayReveal, studio }: { mayReveal: boolean; studio: { url: string } | null }) {
  const { shown, reveal, hide, isBusy } = useSecrets();
  const rows = studio === null ? keyRows : [...keyRows, ...studioRows];
  return (
    <div className="flex flex-col divide-y divide-line">
      {rows.map((row) => (
        <SecretField key={row.name} label={row.label} hint={row.hint} value={shown[row.name]} isBusy={isBusy} mayReveal={mayReveal} onReveal={async () => (await reveal([row.name]))?.[row.name] ?? null} onHide={hide} />
      ))}
      <p className="pt-3 text-sm text-ink-3">A reveal asks for your password again after ten minutes, is written to the audit log, and is hidden again after 90 seconds.</p>
    </div>
  );
}
