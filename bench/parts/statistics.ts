/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return (percentile(values, 50) + middleBelow(values)) / 2;
}

function middleBelow(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The smallest value that `percent` of the values do not exceed. @throws when there is none */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error("There is nothing to take a percentile of.");
  return value;
}

const resamples = 4_000;

/** 95 % bootstrap interval of median(ours) / median(peer) over pairs that were measured together. Draws with a fixed seed: the same samples give the same interval. */
export function ratioInterval(ours: readonly number[], peer: readonly number[]): { low: number; high: number } {
  const random = seeded(1);
  const ratios = Array.from({ length: resamples }, () => {
    const drawn = ours.map(() => Math.floor(random() * ours.length));
    return median(drawn.map((index) => ours[index] ?? Number.NaN)) / median(drawn.map((index) => peer[index] ?? Number.NaN));
  });
  return { low: percentile(ratios, 2.5), high: percentile(ratios, 97.5) };
}

/** A linear congruential generator with the constants of Numerical Recipes. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
