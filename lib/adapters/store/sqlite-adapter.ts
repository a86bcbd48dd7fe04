/**
 * Prisma driver adapter over libsql for one file that several processes share. It differs from the stock adapters where they
 * lose writes: transactions take the write lock at BEGIN, a COMMIT that fails is really rolled back (orm#29933, orm#30028),
 * and no statement of another request can slip into an open transaction.
 */
import {
  DriverAdapterError,
  type IsolationLevel,
  type SqlDriverAdapter,
  type SqlDriverAdapterFactory,
  type SqlQuery,
  type SqlQueryable,
  type SqlResultSet,
  type Transaction,
} from "@prisma/driver-adapter-utils";
import { Mutex } from "./mutex";
import { retryBusy } from "./retry-busy";
import { SqliteConnection, type JournalMode } from "./sqlite-connection";
import { toAdapterError } from "./sqlite-errors";

const adapterName = "basehold-sqlite";
const provider = "sqlite";

export type SqliteAdapterOptions = {
  path: string;
  journalMode?: JournalMode;
  /** How long a statement tries to get a lock that another process holds. */
  busyBudgetMs?: number;
  /** Called before a write outside a transaction; may throw. */
  onRootWrite?(): void;
};

const defaultBusyBudgetMs = 10_000;
const readStatement = /^\s*SELECT\b/i;

/** Makes the two connections of one client: one that writes, one that only reads and so never waits for a transaction. */
export class SqliteAdapterFactory implements SqlDriverAdapterFactory {
  readonly provider = provider;
  readonly adapterName = adapterName;

  constructor(private readonly options: SqliteAdapterOptions) {}

  async connect(): Promise<SqliteAdapter> {
    const { path, journalMode = "wal", busyBudgetMs = defaultBusyBudgetMs } = this.options;
    const open = (isReadOnly: boolean) => retryBusy(busyBudgetMs, () => new SqliteConnection(path, { journalMode, isReadOnly }));
    const writer = await open(false);
    try {
      return new SqliteAdapter({ writer, reader: await open(true), busyBudgetMs, onRootWrite: this.options.onRootWrite ?? (() => undefined) });
    } catch (error) {
      writer.close();
      throw error;
    }
  }
}

type Connections = { writer: SqliteConnection; reader: SqliteConnection; busyBudgetMs: number; onRootWrite(): void };

class SqliteAdapter implements SqlDriverAdapter {
  readonly provider = provider;
  readonly adapterName = adapterName;
  readonly #writeLock = new Mutex();

  constructor(private readonly connections: Connections) {}

  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    const { reader, writer } = this.connections;
    if (readStatement.test(query.sql)) return this.#try(() => reader.query(query));
    return this.#write(() => writer.query(query));
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#write(() => this.connections.writer.execute(query));
  }

  executeScript(script: string): Promise<void> {
    return this.#write(() => this.connections.writer.script(script));
  }

  async startTransaction(isolationLevel?: IsolationLevel): Promise<Transaction> {
    if (isolationLevel !== undefined && isolationLevel !== "SERIALIZABLE") {
      throw new DriverAdapterError({ kind: "InvalidIsolationLevel", level: isolationLevel });
    }
    this.connections.onRootWrite();
    const release = await this.#writeLock.acquire();
    try {
      // Deferred transactions that read and then write fail with "busy" at once, whatever the time limit.
      await this.#try(() => this.connections.writer.script("BEGIN IMMEDIATE"));
      return new SqliteTransaction(this.connections, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.#writeLock.run(async () => {
      this.connections.reader.close();
      this.connections.writer.close();
    });
  }

  async #write<T>(attempt: () => T): Promise<T> {
    this.connections.onRootWrite();
    return this.#writeLock.run(() => this.#try(attempt));
  }

  async #try<T>(attempt: () => T): Promise<T> {
    try {
      return await retryBusy(this.connections.busyBudgetMs, attempt);
    } catch (error) {
      throw toAdapterError(error);
    }
  }
}

/** The open transaction of the writing connection. It ends exactly once, and then lets the next writer in. */
class SqliteTransaction implements Transaction, SqlQueryable {
  readonly provider = provider;
  readonly adapterName = adapterName;
  /** Prisma then sends no COMMIT of its own but calls `commit`. */
  readonly options = { usePhantomQuery: true };
  #isOpen = true;

  constructor(private readonly connections: Connections, private readonly release: () => void) {}

  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return this.#inside((writer) => writer.query(query));
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#inside((writer) => writer.execute(query));
  }

  createSavepoint(name: string): Promise<void> {
    return this.#inside((writer) => writer.script(`SAVEPOINT ${name}`));
  }

  rollbackToSavepoint(name: string): Promise<void> {
    return this.#inside((writer) => writer.script(`ROLLBACK TO ${name}`));
  }

  releaseSavepoint(name: string): Promise<void> {
    return this.#inside((writer) => writer.script(`RELEASE ${name}`));
  }

  async commit(): Promise<void> {
    const { writer, busyBudgetMs } = this.connections;
    try {
      await this.#inside(() => undefined);
      await retryBusy(busyBudgetMs, () => writer.script("COMMIT"));
    } catch (error) {
      throw toAdapterError(error);
    } finally {
      this.#end();
    }
  }

  async rollback(): Promise<void> {
    this.#end();
  }

  /** SQLite rolls back by itself when, say, the disk is full; a further statement would then run, and stay, on its own. */
  async #inside<T>(run: (writer: SqliteConnection) => T): Promise<T> {
    const { writer } = this.connections;
    if (!this.#isOpen || !writer.isInTransaction) {
      throw new DriverAdapterError({ kind: "TransactionAlreadyClosed", cause: "The database has rolled this transaction back." });
    }
    try {
      return run(writer);
    } catch (error) {
      throw toAdapterError(error);
    }
  }

  /** Leaves no transaction behind: after a COMMIT that failed the connection would still hold it, and the write lock. */
  #end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      if (this.connections.writer.isInTransaction) this.connections.writer.script("ROLLBACK");
    } finally {
      this.release();
    }
  }
}
