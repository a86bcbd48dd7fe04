import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "../../app/globals.css"), "utf8");
const tokens = new Map([...css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map((match) => [match[1], { light: match[2], dark: match[3] }]));

function colourOf(name: string, theme: "light" | "dark"): string {
  const value = tokens.get(name)?.[theme];
  if (value === undefined) throw new Error(`globals.css has no token ${name}`);
  return value;
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const grounds = ["page", "surface", "raised", "sunken", "hover"];
const inks = ["ink", "ink-2", "ink-3", "accent-ink", "good", "warn", "bad", "busy", "idle"];
const softs = ["good", "warn", "bad", "busy", "idle"];

const softPairs: string[][] = softs.flatMap((soft) => [soft, "ink", "ink-2"].map((ink) => [ink, `${soft}-soft`]));

describe.each(["light", "dark"] as const)("in the %s theme", (theme) => {
  it.each(inks.flatMap((ink) => grounds.map((ground) => [ink, ground] as const)))("text in %s on %s meets AA", (ink, ground) => {
    expect(contrast(colourOf(ink, theme), colourOf(ground, theme))).toBeGreaterThanOrEqual(4.5);
  });

  it.each([...softPairs, ["accent-ink", "accent-soft"], ["ink", "accent-soft"], ["on-accent", "accent"], ["on-accent", "accent-hover"], ["on-danger", "danger"], ["on-danger", "danger-hover"]])(
    "text in %s on %s meets AA",
    (ink = "", ground = "") => {
      expect(contrast(colourOf(ink, theme), colourOf(ground, theme))).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(grounds)("the edge of a control on %s has 3:1", (ground) => {
    expect(contrast(colourOf("control", theme), colourOf(ground, theme))).toBeGreaterThanOrEqual(3);
  });
});
