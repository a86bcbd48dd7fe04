/** Largest kong.yml that is read, about a thousand routes; upstream's own is 12 kB. Read at once, so it is what the event loop can spare. */
export const maxKongTextBytes = 256 * 1024;
export const kongTextTooLarge = `The text is larger than ${String(maxKongTextBytes / 1024)} KiB. Paste the kong.yml alone, or in parts.`;

/**
 * Values looked at while a file is read, each as often as it is. Upstream's file takes a few thousand, a file of 1,000 routes with five plugins each about
 * 300,000. Without an end, lists that apply to each other (plugins of a service with many routes) would take minutes.
 */
export const maxKongLooks = 1_000_000;
