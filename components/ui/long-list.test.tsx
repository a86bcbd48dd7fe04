import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { LongList } from "./long-list";

const draw = (count: number) => renderToStaticMarkup(<LongList what="changes" items={Array.from({ length: count }, (_, index) => `change ${String(index)}.`)} />);

it("a list of up to 20 stands whole", () => {
  expect(draw(20)).toContain("change 19.");
  expect(draw(20)).not.toContain("Show all");
});

it("a longer list shows its start and says how many there are, so that what stands below stays in reach", () => {
  const drawn = draw(1_000);
  expect(drawn).toContain("change 11.");
  expect(drawn).not.toContain("change 12.");
  expect(drawn).toContain("Show all 1,000 changes");
});
