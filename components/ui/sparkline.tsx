/** Points of a series as an SVG path; a null is a gap, drawn as a gap. */
export function sparklinePath(values: readonly (number | null)[], width: number, height: number): string {
  const known = values.filter((value): value is number => value !== null);
  if (known.length === 0) return "";
  const low = Math.min(...known, 0);
  const high = Math.max(...known);
  const span = high - low || 1;
  const stepX = values.length > 1 ? width / (values.length - 1) : 0;
  let path = "";
  let isPenDown = false;
  values.forEach((value, index) => {
    if (value === null) {
      isPenDown = false;
      return;
    }
    const x = (index * stepX).toFixed(1);
    const y = (height - 1 - ((value - low) / span) * (height - 2)).toFixed(1);
    path += `${isPenDown ? "L" : "M"}${x} ${y}`;
    isPenDown = true;
  });
  return path;
}

/** A line without axes, for the shape of a series at a glance. `label` says the same in words. */
export function Sparkline({ values, label, width = 96, height = 24 }: { values: readonly (number | null)[]; label: string; width?: number; height?: number }) {
  return (
    <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`} className="block text-ink-3">
      <path d={sparklinePath(values, width, height)} fill="none" stroke="currentColor" strokeWidth={1.25} strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
