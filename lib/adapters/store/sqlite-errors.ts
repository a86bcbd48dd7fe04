import { DriverAdapterError, type MappedError } from "@prisma/driver-adapter-utils";

const resultCode = { busy: 5, notNull: 1299, foreignKey: 787, trigger: 1811, unique: 2067, primaryKey: 1555 };
const primaryCodeMask = 0xff;

type SqliteError = { code: string; rawCode?: number; message: string };

/** An error of the driver itself, as opposed to a programming mistake. */
export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("SQLITE_");
}

/** True when another connection holds the lock that the statement needed. */
export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && ((error.rawCode ?? 0) & primaryCodeMask) === resultCode.busy;
}

/** Turns the driver's error into the one from which Prisma makes its own codes (P2002, P2003, P1008, …). */
export function toAdapterError(error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  return new DriverAdapterError({ originalCode: error.code, originalMessage: error.message, ...mapError(error) });
}

function mapError(error: SqliteError): MappedError {
  const columns = columnsOf(error.message);
  switch (error.rawCode) {
    case resultCode.unique:
    case resultCode.primaryKey:
      return { kind: "UniqueConstraintViolation", constraint: columns.fields, table: columns.table };
    case resultCode.notNull:
      return { kind: "NullConstraintViolation", constraint: columns.fields };
    case resultCode.foreignKey:
    case resultCode.trigger:
      return { kind: "ForeignKeyConstraintViolation", constraint: { foreignKey: {} } };
    default:
      return isBusy(error) ? { kind: "SocketTimeout" } : mapByMessage(error);
  }
}

function mapByMessage({ message, rawCode }: SqliteError): MappedError {
  const missingTable = /^no such table: (.+)$/.exec(message)?.[1];
  if (missingTable !== undefined) return { kind: "TableDoesNotExist", table: missingTable };
  const missingColumn = /^no such column: (.+)$/.exec(message)?.[1] ?? /has no column named (.+)$/.exec(message)?.[1];
  if (missingColumn !== undefined) return { kind: "ColumnNotFound", column: missingColumn };
  return { kind: "sqlite", extendedCode: rawCode ?? 1, message };
}

/** SQLite names the columns in the message only: `UNIQUE constraint failed: Project.ref, Project.hostId`. */
function columnsOf(message: string): { fields: { fields: string[] } | undefined; table: string | undefined } {
  const listed = /constraint failed: (.+)$/.exec(message)?.[1];
  if (listed === undefined || listed.startsWith("index ")) return { fields: undefined, table: undefined };
  const names = listed.split(", ").map((name) => name.split("."));
  return { fields: { fields: names.map((parts) => parts.at(-1) ?? "") }, table: names[0]?.slice(0, -1).join(".") };
}
