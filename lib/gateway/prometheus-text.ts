/** One line of a program's metrics. Source: Prometheus text exposition format 0.0.4. */
export type MetricSample = { name: string; labels: Readonly<Record<string, string>>; value: number };

const linePattern = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*$/;
const labelPattern = /[ \t]*([A-Za-z_]\w*)[ \t]*=[ \t]*"((?:\\[\s\S]|[^"\\])*)"[ \t]*(?:,|$)/y;
const escapes: Readonly<Record<string, string>> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" };

/** Reads every line that is a sample; comments, other texts (the head of an HTTP answer) and values that are no numbers are left out. Never throws. */
export function parsePrometheusText(text: string): MetricSample[] {
  return text.split("\n").flatMap((line) => {
    if (line.startsWith("#")) return [];
    const [, name, rawLabels = "", rawValue = ""] = linePattern.exec(line.replace(/\r$/, "")) ?? [];
    const labels = readLabels(rawLabels);
    const value = readNumber(rawValue);
    return name === undefined || labels === null || Number.isNaN(value) ? [] : [{ name, labels, value }];
  });
}

/** null when something in it is no label. */
function readLabels(text: string): Record<string, string> | null {
  const labels: [string, string][] = [];
  labelPattern.lastIndex = 0;
  while (labelPattern.lastIndex < text.length) {
    const found = labelPattern.exec(text);
    if (found === null) return null;
    const [, name = "", value = ""] = found;
    labels.push([name, value.replaceAll(/\\[\s\S]/g, (escaped) => escapes[escaped] ?? escaped)]);
  }
  return Object.fromEntries(labels);
}

/** A number as the format writes it: also `+Inf`, and with zeros in front as Kong's library writes the bounds of its buckets. */
export function readNumber(text: string): number {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}
