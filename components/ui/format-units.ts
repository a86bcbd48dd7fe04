const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes with a binary unit: `512 MiB`, `1.6 GiB`. */
export function formatBytes(sizeBytes: number): string {
  let value = Math.max(0, sizeBytes);
  let unit = 0;
  while (value >= 1024 && unit < binaryUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 0 : 1;
  return `${value.toFixed(digits)} ${binaryUnits[unit] ?? "B"}`;
}

/** CPU use where 1 is one core: `0.12 cores`. */
export function formatCores(cpuCores: number): string {
  return `${cpuCores.toFixed(2)} cores`;
}

/** How long something took: `420 ms`, `4.2 s`, `2 min 5 s`. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const distanceUnits = [
  { word: "s", seconds: 1, below: 60 },
  { word: "min", seconds: 60, below: 60 },
  { word: "h", seconds: 3600, below: 48 },
  { word: "d", seconds: 86_400, below: 730 },
  { word: "y", seconds: 31_536_000, below: Infinity },
] as const;

/** Distance in time, in words: `now`, `12 s ago`, `in 3 d`. An age counts whole units; a time to come the nearest: 24 h that were just granted are 24 h. */
export function formatDistance(fromMs: number, nowMs: number): string {
  const isPast = nowMs >= fromMs;
  const seconds = Math.round(Math.abs(nowMs - fromMs) / 1000);
  if (seconds < 2) return "now";
  const count = isPast ? Math.floor : Math.round;
  const unit = distanceUnits.find((each) => count(seconds / each.seconds) < each.below) ?? distanceUnits[4];
  const amount = `${count(seconds / unit.seconds)} ${unit.word}`;
  return isPast ? `${amount} ago` : `in ${amount}`;
}
