/** How many tests passed, failed and were skipped, from the JSON reports of Vitest and Playwright. */
import { existsSync, readFileSync } from "node:fs";

export const noCounts = { passed: 0, failed: 0, skipped: 0 };

export function addCounts(first, second) {
  return { passed: first.passed + second.passed, failed: first.failed + second.failed, skipped: first.skipped + second.skipped };
}

/** Counts of a phase. One that failed without a failed test, or left no report, counts as one failure: it must never pass for green. */
export function countsOf(result, reportPath) {
  if (reportPath === undefined) return { ...noCounts, passed: result.isOk ? 1 : 0, failed: result.isOk ? 0 : 1 };
  const counts = existsSync(reportPath) ? readReport(JSON.parse(readFileSync(reportPath, "utf8"))) : noCounts;
  const isEmpty = counts.passed + counts.failed === 0;
  return !result.isOk || isEmpty ? { ...counts, failed: Math.max(counts.failed, 1) } : counts;
}

function readReport(report) {
  if (report.stats !== undefined) {
    const { expected, unexpected, flaky, skipped } = report.stats;
    // `flaky`: passed at a second try, which no test has.
    return { passed: expected, failed: unexpected + flaky + (report.errors?.length ?? 0), skipped };
  }
  const unloadable = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloadable, skipped: report.numPendingTests };
}
