/** Which tests failed and why, from the JSON reports of Vitest and Playwright: short, since who keeps a log may keep only its end. */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { root } from "./phase.mjs";

const messageLines = 14;
const lineLength = 220;

/**
 * @param {string | undefined} reportPath
 * @returns {{ name: string, message: string }[]} none without a report
 */
export function failuresOf(reportPath) {
  if (reportPath === undefined || !existsSync(reportPath)) return [];
  const report = JSON.parse(readFileSync(reportPath, "utf8"));
  return report.stats === undefined ? ofVitest(report) : ofPlaywright(report);
}

/** All failures as text; empty without any. */
export function listFailures(failures) {
  return failures.map(({ name, message }) => `✗ ${name}\n${shorten(message)}\n`).join("\n");
}

function ofVitest(report) {
  return report.testResults.flatMap((file) => {
    const path = relative(root, file.name);
    const tests = file.assertionResults.filter(({ status }) => status === "failed").map((test) => ({ name: `${path}: ${test.fullName}`, message: test.failureMessages.join("\n") }));
    return file.status === "failed" && tests.length === 0 ? [{ name: path, message: file.message }] : tests;
  });
}

function ofPlaywright(report) {
  const ofRun = report.errors.map((error) => ({ name: "the run itself", message: error.message ?? "" }));
  return [...ofRun, ...report.suites.flatMap((suite) => ofSuite(suite))];
}

function ofSuite({ specs = [], suites = [] }) {
  const own = specs.flatMap((spec) => spec.tests.filter(({ status }) => status === "unexpected" || status === "flaky").map((test) => ({
    name: `${spec.file}: ${spec.title}`,
    message: test.results.flatMap(({ errors }) => errors.map(({ message, location }) => `${message ?? ""}\n(line ${location?.line ?? "unknown"})`)).join("\n"),
  })));
  return [...own, ...suites.flatMap((suite) => ofSuite(suite))];
}

function shorten(message) {
  const lines = stripVTControlCharacters(message).split("\n").filter((line) => line.trim() !== "" && !line.includes("node_modules/"));
  return lines.slice(0, messageLines).map((line) => `    ${line.slice(0, lineLength)}`).join("\n");
}
