/** Streams to browsers that are open now. Next waits for open answers before it ends, so a shutdown has to end these itself. */

// Route handlers and instrumentation are separate module graphs: only globalThis is one per process.
const slot = Symbol.for("basehold.web.open-streams");
type Registry = { owners: Map<() => void, string>; isClosing: boolean };
type Holder = { [slot]?: Registry };

function registry(): Registry {
  const holder = globalThis as Holder;
  holder[slot] ??= { owners: new Map(), isClosing: false };
  return holder[slot];
}

/** Notes an open stream; returns what takes the note back. During a shutdown the stream is closed at once. */
export function trackStream(owner: string, close: () => void): () => void {
  const { owners, isClosing } = registry();
  if (isClosing) close();
  else owners.set(close, owner);
  return () => void owners.delete(close);
}

/** Ends every open stream and each that opens from now on. Browsers come back with the number they saw last. */
export function closeAllStreams(): void {
  const all = registry();
  all.isClosing = true;
  for (const close of [...all.owners.keys()]) close();
  all.owners.clear();
}

/** How many streams are open, of one owner or of all. */
export function countOpenStreams(owner?: string): number {
  const all = [...registry().owners.values()];
  return owner === undefined ? all.length : all.filter((one) => one === owner).length;
}
