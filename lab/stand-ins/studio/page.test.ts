import { expect, it } from "vitest";
import { renderPage } from "./page";

const table = { schema: "public", name: "<script>alert(1)</script>", rls_enabled: true, live_rows_estimate: 3, size: "8 kB" };

it("lists tables by schema and name, says that it is a stand-in, and lets no name become markup", () => {
  const html = renderPage({ projectName: `"><b>`, organizationName: "Org", result: { tables: [table, { ...table, schema: "auth", name: "users" }] } });
  expect(html).not.toContain("<script>");
  expect(html).not.toContain("<b>");
  expect(html).toContain("stand-in");
  expect(html.indexOf("users")).toBeLessThan(html.indexOf("alert(1)"));
});

it("says what is wrong where postgres-meta does not answer", () => {
  expect(renderPage({ projectName: "p", organizationName: "o", result: { problem: "postgres-meta answered 500" } })).toContain("postgres-meta answered 500");
});
