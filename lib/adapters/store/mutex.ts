/** First come, first served. `acquire` resolves with the function that lets the next one in; calling it twice is harmless. */
export class Mutex {
  #tail: Promise<void> = Promise.resolve();

  async acquire(): Promise<() => void> {
    const before = this.#tail;
    let open: () => void = () => undefined;
    this.#tail = new Promise((resolve) => {
      open = resolve;
    });
    await before;
    return open;
  }

  async run<T>(fn: () => Promise<T>): Promise<T> {
    const release = await this.acquire();
    try {
      return await fn();
    } finally {
      release();
    }
  }
}
