import type { ConnectionView } from "@/lib/projects/views";

export type Endpoint = "session" | "transaction" | "direct";
type Address = { host: string; port: number; user: string; database: string };

/** Stands where a secret goes until it is revealed. */
export const placeholders = { publishableKey: "<publishable key>", secretKey: "<secret key>", postgresPassword: "<password>" } as const;
export type SnippetSecret = keyof typeof placeholders;
export type Snippet = { text: string; secrets: SnippetSecret[]; note: string };

/** Ways into the database that this project offers, in the order in which they are offered. */
export function endpointsOf(connection: ConnectionView): { id: Endpoint; label: string; address: Address; note: string }[] {
  const all = [
    { id: "session" as const, label: "Session pooler", address: connection.sessionPooler, note: "For servers that keep connections open. Prepared statements and LISTEN work." },
    { id: "transaction" as const, label: "Transaction pooler", address: connection.transactionPooler, note: "For many short connections, as from functions. No prepared statements across transactions." },
    { id: "direct" as const, label: "Direct", address: connection.direct, note: "Straight to Postgres, for migrations and dumps." },
  ];
  return all.flatMap(({ address, ...rest }) => (address === null ? [] : [{ ...rest, address }]));
}

/** Connection URI. The password is letters and digits by the product's rule, so it needs no escaping. */
export function uriOf(address: Address, password: string): string {
  return `postgresql://${address.user}:${password}@${address.host}:${address.port}/${address.database}`;
}

/** The text of each tab of the connect card, with placeholders where secrets go. */
export function snippetsOf(connection: ConnectionView, endpoint: Endpoint | null): Record<"supabase-js" | "psql" | "uri" | "env", Snippet> {
  const chosen = endpointsOf(connection).find((item) => item.id === endpoint) ?? endpointsOf(connection)[0];
  const none: Snippet = { text: "This project has no pooler and no open database port. Add the pooler, or open the port, under Settings.", secrets: [], note: "" };
  return {
    "supabase-js": {
      text: `import { createClient } from "@supabase/supabase-js";\n\nconst supabase = createClient(\n  "${connection.apiUrl}",\n  "${placeholders.publishableKey}",\n);`,
      secrets: ["publishableKey"],
      note: "npm install @supabase/supabase-js",
    },
    psql: chosen === undefined ? none : { text: `psql "${uriOf(chosen.address, placeholders.postgresPassword)}"`, secrets: ["postgresPassword"], note: chosen.note },
    uri: chosen === undefined ? none : { text: uriOf(chosen.address, placeholders.postgresPassword), secrets: ["postgresPassword"], note: chosen.note },
    env: {
      text: [
        `SUPABASE_URL=${connection.apiUrl}`,
        `SUPABASE_PUBLISHABLE_KEY=${placeholders.publishableKey}`,
        `SUPABASE_SECRET_KEY=${placeholders.secretKey}`,
        ...(chosen === undefined ? [] : [`DATABASE_URL=${uriOf(chosen.address, placeholders.postgresPassword)}`]),
      ].join("\n"),
      secrets: chosen === undefined ? ["publishableKey", "secretKey"] : ["publishableKey", "secretKey", "postgresPassword"],
      note: "The secret key bypasses row level security: keep it on the server.",
    },
  };
}

/** The text with the secrets that are known put in. */
export function fillSnippet(text: string, known: Readonly<Record<string, string>>): string {
  return Object.entries(placeholders).reduce((filled, [name, placeholder]) => filled.replaceAll(placeholder, known[name] ?? placeholder), text);
}
