import type { SqlQuery, SqlResultSet } from "@prisma/driver-adapter-utils";
import Libsql from "libsql";
import { bindArgument, columnTypesOf, readValue, type BoundValue, type SqliteValue } from "./sqlite-values";

const cachedStatementsMax = 200;
/** Keeps the write-ahead file from staying as large as the largest burst ever was. */
const journalSizeLimitBytes = 16 * 1024 * 1024;

export type JournalMode = "wal" | "delete";

type Prepared = { statement: Libsql.Statement<[BoundValue[]]>; columnNames: string[]; declarations: (string | null)[]; isReader: boolean };

/**
 * One connection to the file. Every call runs to its end at once and never waits for a lock: a busy database is an error
 * that the caller retries without blocking the event loop.
 */
export class SqliteConnection {
  readonly #database: Libsql.Database;
  readonly #prepared = new Map<string, Prepared>();

  constructor(path: string, options: { journalMode: JournalMode; isReadOnly: boolean }) {
    this.#database = new Libsql(path, { timeout: 0 });
    try {
      if (!options.isReadOnly) this.#database.pragma(`journal_mode = ${options.journalMode}`);
      this.#database.exec(`PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = ${journalSizeLimitBytes};`);
      if (options.isReadOnly) this.#database.exec("PRAGMA query_only = ON");
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  get isInTransaction(): boolean {
    return this.#database.inTransaction;
  }

  query(query: SqlQuery): SqlResultSet {
    const prepared = this.#prepare(query.sql);
    const rows = this.#all(prepared, query);
    const columnTypes = columnTypesOf(prepared.declarations, rows);
    return {
      columnNames: prepared.columnNames,
      columnTypes,
      rows: rows.map((row) => row.map((value, index) => readValue(value, columnTypes[index] ?? 0))),
    };
  }

  /** Runs a statement and tells how many rows it changed. */
  execute(query: SqlQuery): number {
    const prepared = this.#prepare(query.sql);
    if (prepared.isReader) return this.#all(prepared, query).length;
    return prepared.statement.run(argumentsOf(query)).changes;
  }

  /** Runs statements without arguments, separated by semicolons. */
  script(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    this.#prepared.clear();
    if (this.#database.open) this.#database.close();
  }

  #all(prepared: Prepared, query: SqlQuery): SqliteValue[][] {
    return prepared.statement.all(argumentsOf(query)) as SqliteValue[][];
  }

  #prepare(sql: string): Prepared {
    const cached = this.#prepared.get(sql);
    if (cached !== undefined) return cached;
    const statement = this.#database.prepare<[BoundValue[]]>(sql);
    const isReader = statement.reader;
    const columns = isReader ? statement.columns() : [];
    const declarations = columns.map((column) => column.type);
    if (isReader) statement.raw(true).safeIntegers(declarations.some((type) => type?.toUpperCase() === "BIGINT"));
    const prepared = { statement, columnNames: columns.map((column) => column.name), declarations, isReader };
    if (this.#prepared.size >= cachedStatementsMax) this.#prepared.delete(this.#prepared.keys().next().value ?? sql);
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

function argumentsOf(query: SqlQuery): BoundValue[] {
  return query.args.map((value, index) => bindArgument(value, query.argTypes[index]));
}
