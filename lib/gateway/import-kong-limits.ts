/** Largest kong.yml that is read; upstream's own is 12 kB. */
export const maxKongTextBytes = 1024 * 1024;
