import { expect, test } from "vitest";
import { findRegexProblem } from "./regex";

test.each([["(ab", "missing closing )"], ["/a**", "invalid nested repetition operator"], ["/(?=x)", "invalid or unsupported Perl syntax"]])("what is wrong with %s is told without the words of the library", (source, reason) => {
  expect(findRegexProblem(source)).toMatch(/^The regular expression is not RE2: /);
  expect(findRegexProblem(source)).toContain(reason);
  expect(findRegexProblem(source)).not.toContain("error parsing");
});

test.each([["/(?=a)b", true], ["/(a)\\1", true], ["/(?<!a)b", true], ["/(a", false], ["/a**", false]])("what does not exist in RE2 is said of %s where it is asked for: %s", (source, isSaid) => {
  expect(findRegexProblem(source)?.includes("Look-around and back-references")).toBe(isSaid);
});
