import { setTimeout as delay } from "node:timers/promises";

/**
 * Requests beside each other until told to stop, 100 in a second at most; each that is not answered 200 is named. `stop` gives how many
 * were asked.
 */
export function keepAsking(url: string, headers: Record<string, string>) {
  const stop = new AbortController();
  const failed: string[] = [];
  let asked = 0;
  const ask = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      asked++;
      await fetch(url, { headers }).then(
        async (answer) => {
          const text = await answer.text();
          if (answer.status !== 200) failed.push(`${answer.status} ${text.slice(0, 100)}`);
        },
        (error: unknown) => failed.push(String(error)),
      );
      await delay(40);
    }
  };
  const all = Promise.all([ask(), ask(), ask(), ask()]);
  return { stop: async () => (stop.abort(), await all, { asked, failed }) };
}
