import { describe, expect, test } from "vitest";
import { pgbouncerConfig, userList } from "./pgbouncer-config";
import { open, seal, type Tenant } from "./tenants";

const tenant: Tenant = { externalId: "sample-shop", host: "db", port: 5432, database: "postgres", maxClients: 100, poolSize: 20, manager: "pgbouncer", managerPassword: 'with"quote' };
const key = "k".repeat(32);

describe("the lab's pooler", () => {
  test("a manager's password is stored sealed and opens with the same key only", () => {
    const sealed = seal(key, "secret");
    expect(sealed.includes("secret")).toBe(false);
    expect(open(key, sealed)).toBe("secret");
    expect(() => open("x".repeat(32), sealed)).toThrow();
  });

  test("each mode listens on Supavisor's port for it", () => {
    expect(pgbouncerConfig(tenant, "session", "/tmp/p")).toMatch(/listen_port = 5432\n[^]*pool_mode = session/);
    expect(pgbouncerConfig(tenant, "transaction", "/tmp/p")).toMatch(/listen_port = 6543\n[^]*pool_mode = transaction/);
  });

  test("only names that end in the tenant's reach the database", () => {
    expect(pgbouncerConfig(tenant, "session", "/tmp/p")).toContain("left($1, -12)) WHERE right($1, 12) = '.sample-shop'");
  });

  test("a quote in a name or password does not end its text", () => {
    expect(userList(tenant)).toBe('"pgbouncer" "with""quote"\n');
    expect(pgbouncerConfig({ ...tenant, externalId: "o'shop" }, "session", "/tmp/p")).toContain("= '.o''shop'");
  });
});
