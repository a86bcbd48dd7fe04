import { describe, expect, it } from "vitest";
import { renderApiDocs } from "./api-docs";
import { endpoints } from "./api-endpoints";
import { buildOpenApi } from "./openapi";

const page = renderApiDocs(buildOpenApi("http://panel.localhost:3000"));

describe("the readable page of the REST API", () => {
  it("shows every endpoint with what it takes", () => {
    for (const { name, summary } of Object.values(endpoints)) {
      const [method = "", path = ""] = name.split(" ");
      expect(page).toContain(`<b>${method}</b> ${path}`);
      expect(page).toContain(summary);
    }
  });

  it("runs no script and fetches nothing from elsewhere", () => {
    expect(page).not.toMatch(/<script|<iframe|<img|@import|url\(|https?:\/\/(?!panel\.localhost)/);
  });

  it("has a target for each of its own links and a name of its own for each region", () => {
    for (const [, id = ""] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`);
    const labels = [...page.matchAll(/aria-label="([^"]+)"/g)].map(([, label]) => label);
    expect(new Set(labels).size).toBe(labels.length);
  });
});
