import { describe, expect, it } from "vitest";
import { formatBytes, formatDistance, formatDuration } from "./format-units";

describe("numbers for people carry their unit", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1536, "1.5 KiB"],
    [512 * 2 ** 20, "512 MiB"],
    [1.6 * 2 ** 30, "1.6 GiB"],
  ])("%d bytes read as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [420, "420 ms"],
    [4200, "4.2 s"],
    [59_400, "59 s"],
    [125_000, "2 min 5 s"],
    [120_000, "2 min"],
    [7_260_000, "2 h 1 min"],
  ])("%d ms read as %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

  it("says past and future", () => {
    expect(formatDistance(0, 12_000)).toBe("12 s ago");
    expect(formatDistance(3 * 86_400_000, 0)).toBe("in 3 d");
    expect(formatDistance(1000, 1500)).toBe("now");
  });

  it.each([
    [86_400 - 5, "in 24 h"],
    [86_400 / 2 - 60, "in 12 h"],
    [3600 - 5, "in 1 h"],
    [1.4 * 3600, "in 1 h"],
    [47.6 * 3600, "in 2 d"],
    [59, "in 59 s"],
    [3 * 31_536_000 - 60, "in 3 y"],
  ])("%d s to come read as %s: what was just granted is told whole", (seconds, text) => expect(formatDistance(seconds * 1000, 0)).toBe(text));

  it.each([
    [86_400 - 5, "23 h ago"],
    [3600 - 5, "59 min ago"],
    [172_800, "2 d ago"],
    [729 * 86_400, "729 d ago"],
    [63_072_000, "2 y ago"],
  ])("%d s past read as %s", (seconds, text) => expect(formatDistance(0, seconds * 1000)).toBe(text));
});
