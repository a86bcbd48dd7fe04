import { expect, it } from "vitest";
import { parseAnsi } from "./ansi-text";

it("colours become parts, and other escape sequences vanish", () => {
  expect(parseAnsi("\u001b[31mbad\u001b[0m ok\u001b[2K")).toEqual([
    { text: "bad", tone: "red", isBold: false },
    { text: " ok", tone: "plain", isBold: false },
  ]);
});

it("markup in a log line stays text", () => {
  expect(parseAnsi("<img src=x onerror=alert(1)>")).toEqual([{ text: "<img src=x onerror=alert(1)>", tone: "plain", isBold: false }]);
});

it("an empty line is one empty part", () => {
  expect(parseAnsi("")).toEqual([{ text: "", tone: "plain", isBold: false }]);
});
