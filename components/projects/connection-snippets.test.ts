import { describe, expect, it } from "vitest";
import type { ConnectionView } from "@/lib/projects/views";
import { endpointsOf, fillSnippet, snippetsOf } from "./connection-snippets";

const connection: ConnectionView = {
  apiUrl: "http://127.0.0.1:8000",
  sessionPooler: { host: "127.0.0.1", port: 5432, user: "postgres.shop", database: "postgres" },
  transactionPooler: { host: "127.0.0.1", port: 6543, user: "postgres.shop", database: "postgres" },
  direct: null,
};

describe("what the connect card shows", () => {
  it("offers only the ways in that are open", () => {
    expect(endpointsOf(connection).map((item) => item.id)).toEqual(["session", "transaction"]);
    expect(endpointsOf({ ...connection, sessionPooler: null, transactionPooler: null })).toEqual([]);
  });

  it("never holds a secret before it is revealed, and holds exactly the revealed ones after", () => {
    const { uri, env } = snippetsOf(connection, "transaction");
    expect(uri.text).toBe("postgresql://postgres.shop:<password>@127.0.0.1:6543/postgres");
    expect(fillSnippet(uri.text, { postgresPassword: "abc" })).toBe("postgresql://postgres.shop:abc@127.0.0.1:6543/postgres");
    expect(fillSnippet(env.text, { publishableKey: "sb_publishable_x" })).toContain("SUPABASE_SECRET_KEY=<secret key>");
  });

  it("says where to open a door when there is none", () => {
    const closed = { ...connection, sessionPooler: null, transactionPooler: null };
    expect(snippetsOf(closed, null).psql.secrets).toEqual([]);
    expect(snippetsOf(closed, null).env.text).not.toContain("DATABASE_URL");
  });
});
