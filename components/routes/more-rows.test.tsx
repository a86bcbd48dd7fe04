import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { firstRows, MoreRows } from "./more-rows";

const rows = (count: number) => Array.from({ length: count }, (_, index) => index);

it("up to 150 rows stand whole; of more the first hundred do, in their order, until all are asked for", () => {
  expect([firstRows(rows(150), false).length, firstRows(rows(151), false), firstRows(rows(151), true).length]).toEqual([150, rows(100), 151]);
});

it("what is left out is said with its number, and a link leads to all", () => {
  const drawn = renderToStaticMarkup(<MoreRows href="?rows=all" shown={100} total={1_023} />);
  expect(drawn).toContain("The first 100 of 1,023 routes.");
  expect(drawn).toContain('href="?rows=all"');
});
