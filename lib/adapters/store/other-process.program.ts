/** The other process of the tests that need two. It does what its parent says, one message at a time, and answers each. */
import { migrateStore } from "./migrate";
import { openStore, sqlitePathOf } from "./open-store";
import { SqliteConnection, type JournalMode } from "./sqlite-connection";
import type { Store } from "./types";

export type Order =
  | { do: "hold"; sql: string; journalMode?: JournalMode }
  | { do: "release" }
  | { do: "ask"; sql: string }
  | { do: "increment"; times: number }
  | { do: "migrate"; backupsFolder: string };

const url = process.argv[2] ?? "";
let held: SqliteConnection | null = null;

async function obey(order: Order): Promise<unknown> {
  switch (order.do) {
    case "hold":
      held = new SqliteConnection(sqlitePathOf(url) ?? "", { journalMode: order.journalMode ?? "wal", isReadOnly: false });
      held.script(order.sql);
      // A read transaction takes its lock at its first row only.
      held.query({ sql: "SELECT count(*) FROM InstallationSetting", args: [], argTypes: [] });
      return null;
    case "release":
      held?.script("COMMIT");
      held?.close();
      held = null;
      return null;
    case "ask":
      return ask(order.sql);
    case "increment":
      return withStore((store) => increment(store, order.times));
    case "migrate":
      return migrateStore({ url, backupsFolder: order.backupsFolder });
  }
}

function ask(sql: string): unknown {
  const connection = new SqliteConnection(sqlitePathOf(url) ?? "", { journalMode: "wal", isReadOnly: true });
  try {
    return connection.query({ sql, args: [], argTypes: [] }).rows;
  } finally {
    connection.close();
  }
}

async function withStore<T>(run: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ url });
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

/** Reads a number and writes the next one, in one transaction each time. */
export async function increment(store: Store, times: number): Promise<void> {
  for (let count = 0; count < times; count++) {
    await store.transaction(async (tx) => {
      const row = await tx.installationSetting.findUniqueOrThrow({ where: { key: "counter" } });
      await tx.installationSetting.update({ where: { key: "counter" }, data: { valueJson: String(Number(row.valueJson) + 1) } });
    });
  }
}

process.on("message", (order: Order) => {
  obey(order).then(
    (value) => process.send?.({ value: JSON.parse(JSON.stringify(value ?? null, (_, item: unknown) => (typeof item === "bigint" ? Number(item) : item))) as unknown }),
    (error: unknown) => process.send?.({ error: `${order.do}: ${error instanceof Error ? error.message : String(error)}` }),
  );
});
process.send?.({ value: "ready" });
