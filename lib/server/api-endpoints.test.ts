import { describe, expect, it } from "vitest";
import { endpoints } from "./api-endpoints";
import { handlers } from "./route-table";

describe("the endpoints", () => {
  it("are described once for every handler of the route table, next-auth's own, the edge's question and paths that are none apart", () => {
    const described = Object.values(endpoints).map((endpoint) => endpoint.name);
    expect(described.toSorted()).toEqual(Object.keys(handlers).filter((name) => !/\/api\/(auth|edge|{...path})/.test(name)).toSorted());
  });

  it("take a body only with methods that have one, and answer either JSON or a named kind", () => {
    for (const endpoint of Object.values(endpoints)) {
      if (endpoint.body !== null) expect(endpoint.name).toMatch(/^(POST|PUT|PATCH|DELETE) /);
      expect((endpoint.answer === null) === (endpoint.media !== undefined), endpoint.name).toBe(true);
    }
  });
});
