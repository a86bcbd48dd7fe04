/** Streams to browsers that are open now. Next waits for open answers before it ends, so a shutdown has to end these itself. */

// Route handlers and instrumentation are separate module graphs: only globalThis is one per process.
const slot = Symbol.for("basehold.web.open-streams");
type Registry = { closers: Set<() => void>; isClosing: boolean };
type Holder = { [slot]?: Registry };

function registry(): Registry {
  const holder = globalThis as Holder;
  holder[slot] ??= { closers: new Set(), isClosing: false };
  return holder[slot];
}

/** Notes an open stream; returns what takes the note back. During a shutdown the stream is closed at once. */
export function trackStream(close: () => void): () => void {
  const { closers, isClosing } = registry();
  if (isClosing) close();
  else closers.add(close);
  return () => void closers.delete(close);
}

/** Ends every open stream and each that opens from now on. Browsers come back with the number they saw last. */
export function closeAllStreams(): void {
  const all = registry();
  all.isClosing = true;
  for (const close of [...all.closers]) close();
  all.closers.clear();
}

/** How many streams are open. */
export function countOpenStreams(): number {
  return registry().closers.size;
}
