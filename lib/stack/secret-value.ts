/**
 * A value that must never be printed. `String(secret)`, JSON and Node's inspector show `[redacted]`;
 * only `reveal()` gives the text. Pure: it uses the well-known inspect symbol without importing node:util.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Call it only where the value leaves for its destination. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "[redacted]";
  }

  toJSON(): string {
    return "[redacted]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[redacted]";
  }
}
