import pg from "pg";
import { describeError, logLine } from "./http";

/** Runs one statement; a pool, or a client inside a transaction. */
export interface Queryable {
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface DatabaseOptions {
  url: string;
  applicationName: string;
  maxConnections: number;
}

/** A small pool which is ready only after its schema was brought up to date. */
export class Database implements Queryable {
  private readonly pool: pg.Pool;
  private readyFlag = false;
  private closed = false;

  constructor(options: DatabaseOptions) {
    this.pool = new pg.Pool({
      connectionString: options.url,
      application_name: options.applicationName,
      max: options.maxConnections,
      idleTimeoutMillis: 30_000,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    // A connection that the server ended while idle must not end the process.
    this.pool.on("error", (error) => {
      logLine("warning", `idle database connection lost: ${describeError(error)}`);
    });
  }

  get ready(): boolean {
    return this.readyFlag;
  }

  /** Tries until `migrate` has passed once. Never gives up: the database may start long after. */
  async prepare(migrate: (tx: Queryable) => Promise<void>): Promise<void> {
    let lastReason = "";
    while (!this.closed) {
      try {
        await this.transaction(migrate);
        this.readyFlag = true;
        logLine("info", "database is ready");
        return;
      } catch (error) {
        const reason = describeError(error);
        if (reason !== lastReason) logLine("warning", `database is not ready: ${reason}`);
        lastReason = reason;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  async query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    const result = await this.pool.query(text, values === undefined ? undefined : [...values]);
    return result.rows as Row[];
  }

  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    const tx: Queryable = {
      query: async <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
        const result = await client.query(text, values === undefined ? undefined : [...values]);
        return result.rows as Row[];
      },
    };
    try {
      await client.query("begin");
      const value = await work(tx);
      await client.query("commit");
      return value;
    } catch (error) {
      await client.query("rollback").catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error(String(failure));
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.pool.end();
  }
}

/** The SQLSTATE of a database error, if it is one. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
